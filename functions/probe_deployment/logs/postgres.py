"""What PostgreSQL and libpq say of a failure."""

# Severities of PostgreSQL's server and libpq by language (its own message catalogues); they stand
# in capitals before a colon and two blanks.
SEVERITIES = (
    "ERROR|FATAL|PANIC|FEHLER|SCHWERWIEGEND|PANIK|ERREUR|FATALE|PANICO|ERRORE|ERRO|PÂNICO|PÁNICO"
    "|ОШИБКА|ВАЖНО|ПАНИКА|ПОМИЛКА|ФАТАЛЬНО|ПАНІКА|错误|致命错误|錯誤|嚴重錯誤|エラー|致命的エラー"
    "|오류|치명적오류|BŁĄD|KATASTROFALNY|FEL|FATALT|HATA|ÖLÜMCÜL|CHYBA|KATASTROFICKÁ|FOUT"
)
WORDS = (
    r".*(?:could not connect to server|connection to server (?:at|on) .{1,200} failed"
    r"|Verbindung zu[mr]? .{1,200}fehlgeschlagen|could not translate host name"
    r"|server closed the connection unexpectedly|SSL connection has been closed unexpectedly"
    r"|SSL SYSCALL error|too many clients already|remaining connection slots"
    r"|password authentication failed|no pg_hba\.conf entry|the database system is "
    r"|terminating connection due to |no connection to the server"
    r"|could not (?:receive data from|send data to) server"
    r"|Is the server running (?:on|locally)|This probably means the server terminated)"
    r"|(?:PQsocket\(\) |timeout expired$|fe_sendauth: |SSL error: |SCRAM authentication "
    r"|invalid (?:sslmode|connection option|port number)|could not (?:create socket|open"
    r" certificate file|read root certificate)|root certificate file |server does not support"
    r" SSL|unsupported frontend protocol|lost synchronization with server)"
)
