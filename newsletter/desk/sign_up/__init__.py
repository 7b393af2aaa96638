"""The desk's page of a sign-up form: settings, code, previews, numbers; not what visitors see."""
