"""What `mgov doctor` looks at, from the plug to the table: each check gives findings, none of them changes anything."""
