"""There is no C here; lenet_course/exercises/calling.py asks for it to stop a thread."""
