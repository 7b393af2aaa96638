"""The PDF of an issue, by Typst; nothing of mails."""
