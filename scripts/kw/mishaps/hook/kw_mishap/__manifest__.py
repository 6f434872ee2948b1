{
    "name": "Mishaps",
    "summary": "Kills the server that it is loaded in where a request asks for it",
    "author": "Keepwisely",
    "license": "LGPL-3",
}
