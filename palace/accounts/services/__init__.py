"""What changes people: one noun a file. Every function takes keywords; the actor is ``by``."""
