<?php
// An agency's portal in the language that most of them are written in: one SQL statement a line on stdin, one line of
// JSON a statement on stdout: {"rows":[…]}, {"id":"…"} of an insert, or {"error":"…"}.
[$_, $dsn, $user, $password] = $argv;
$db = new PDO($dsn, $user, $password, [PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION]);
while (($line = fgets(STDIN)) !== false) {
    try {
        $statement = $db->query($line);
        $answer = preg_match('/^\s*insert/i', $line)
            ? ['id' => $db->lastInsertId()]
            : ['rows' => $statement->fetchAll(PDO::FETCH_ASSOC)];
    } catch (PDOException $error) {
        $answer = ['error' => $error->getMessage()];
    }
    echo json_encode($answer), "\n";
    flush();
}
