# The program of this folder: make -f tests/agent/build.mk SAN=1 build/san/agent-play
include Makefile

$B/agent-play: tests/agent/play.c $(PARTS)
	@$(CC) $(ALL_CFLAGS) $(LDFLAGS) -o $@ $< $(PARTS) $(LIBS)
