"""The walkthrough story (domain notes 7): the chapters from the needs to the published course, and all in order."""
