"""Template tags: `nlds` draws forms and icons, `bond` draws the table and the other small pictures."""
