"""What columns of a board are called in companies that named them themselves, by the state that each stands for.

A name is understood as a whole: all of its words have to be known together. *Renewal* is not *New*, and neither
*New ideas* nor *Not done* says where work stands.
"""

import re
import unicodedata

PHRASES = {
    "requested": """
        new; new request; new order; requested; request; reported; incoming; submitted; to approve; waiting approval; to review
        neu; neue anfrage; neue meldung; neuer auftrag; angefragt; angefordert; gemeldet; gewunscht;
        beantragt; eingegangen; zu genehmigen
        nouveau; nouvelle; nouvelle demande; demande; demandee; demandees; signale; a approuver; a valider
        nuevo; nueva; nueva solicitud; solicitado; solicitada; por aprobar
        nuovo; nuova; nuova richiesta; richiesto; richiesta; da approvare
        nieuw; nieuwe aanvraag; aangevraagd; gemeld; goed te keuren
        novo; nova; nova solicitacao; novo pedido; solicitado; a aprovar
        nowe; nowy; nowe zgloszenie; zgloszone""",
    "approved": """
        approved; confirmed; validated; accepted; released
        genehmigt; freigegeben; bestatigt; angenommen
        approuve; approuvee; confirme; confirmee; valide; validee; accepte; acceptee
        aprobado; aprobada; confirmado; confirmada; validado
        approvato; approvata; confermato; confermata
        goedgekeurd; bevestigd; vrijgegeven
        aprovado; aprovada
        zatwierdzone; zatwierdzony""",
    "assigned": """
        assigned; planned; scheduled
        zugewiesen; zugeteilt; geplant; eingeplant; terminiert
        assigne; assignee; attribue; attribuee; affecte; affectee; planifie; planifiee; programme; programmee
        asignado; asignada; planificado; planificada; programado; programada
        assegnato; assegnata; pianificato; pianificata; programmato
        toegewezen; gepland; ingepland
        atribuido; atribuida; planejado; planeado; agendado
        przydzielone; zaplanowane""",
    "waiting_parts": """
        waiting parts; waits parts; awaiting parts; on hold parts; parts ordered; waiting material; waiting materials
        warten teile; wartet teile; warte teile; warten ersatzteile; wartet ersatzteile; warte ersatzteile; warten material;
        wartet material; teile bestellt; ersatzteile bestellt
        attente pieces; attente piece; attente materiel; pieces commandees
        esperando piezas; espera piezas; esperando repuestos; espera repuestos; en espera piezas; en espera repuestos
        attesa ricambi; attesa pezzi; in attesa ricambi; in attesa pezzi
        wachten onderdelen; wacht onderdelen
        aguardando pecas; esperando pecas; espera pecas
        oczekiwanie czesci; czeka czesci""",
    "in_progress": """
        in progress; ongoing; started; under way; underway; work in progress; wip; doing; in work; under repair; in repair
        in bearbeitung; bearbeitung; in arbeit; laufend; lauft; begonnen; gestartet; in reparatur; in ausfuhrung; in gange
        cours; encours; travaux cours; commence; commencee; demarre; reparation; cours reparation
        en curso; en progreso; en proceso; iniciado; en reparacion
        in corso; in lavorazione; iniziato; in riparazione
        bezig; in uitvoering; in behandeling; gestart; in reparatie
        em andamento; em curso; em execucao; iniciado; em progresso
        w toku; w trakcie; w realizacji""",
    "completed": """
        completed; complete; done; finished; repaired; fixed; resolved; work done; request done
        erledigt; fertig; abgeschlossen; beendet; fertiggestellt; repariert; behoben; gelost; getan
        termine; terminee; termines; fini; finie; fait; faite; acheve; achevee; repare; reparee; resolu; resolue
        terminado; terminada; hecho; completado; completada; finalizado; finalizada; reparado; resuelto
        completato; completata; terminato; finito; fatto; riparato; risolto
        gereed; klaar; afgerond; voltooid; gerepareerd; opgelost
        concluido; concluida; feito; terminado; reparado; resolvido
        zakonczone; gotowe; wykonane; naprawione""",
    "closed": """
        closed; archived; closed out
        geschlossen; archiviert; abgelegt; abgerechnet
        cloture; cloturee; ferme; fermee; clos; archive; archivee
        cerrado; cerrada; archivado
        chiuso; chiusa; archiviato
        gesloten; gearchiveerd
        fechado; fechada; encerrado; arquivado
        zamkniete; zarchiwizowane""",
    "cancelled": """
        cancelled; canceled; refused; rejected; abandoned; declined
        abgebrochen; storniert; abgelehnt; verworfen; zuruckgezogen; entfallt
        annule; annulee; annules; refuse; refusee; rejete; rejetee; abandonne; abandonnee
        cancelado; cancelada; rechazado; anulado
        annullato; annullata; rifiutato
        geannuleerd; afgewezen
        cancelado; cancelada; rejeitado; recusado
        anulowane; odrzucone""",
}

#: Words that change nothing about what a phrase says.
FILLERS = {
    "the", "for", "of", "on", "is", "are", "spare", "order", "orders", "work", "workorder", "stage",
    "auf", "die", "der", "das", "den", "wird", "wurde", "ist", "auftrag",
    "de", "des", "du", "la", "le", "les", "rechange", "en", "est", "por", "di", "op", "na", "el", "los",
}  # fmt: skip


def _normalize(name):
    """The words of a name without case, accents and order; of those that say nothing only where nothing else is there."""
    letters = unicodedata.normalize("NFKD", (name or "").casefold())
    words = frozenset(re.findall(r"\w+", "".join(letter for letter in letters if not unicodedata.combining(letter))))
    return words - FILLERS or words


STATE_BY_WORDS = {
    _normalize(phrase): state
    for state, text in PHRASES.items()
    for phrase in re.split(r"[;\n]", text)
    if phrase.strip()
}


def understand(name):
    """The state that a name stands for in any language we know, or False."""
    return STATE_BY_WORDS.get(_normalize(name), False)
