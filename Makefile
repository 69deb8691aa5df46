# Aliases: everything is done by tasks.py.
.PHONY: help book test pages open lab pairs lock clean
help:
	@python3 tasks.py
book test pages open lab pairs lock clean:
	@python3 tasks.py $@ $(CHAPTER)
