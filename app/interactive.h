/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Commands typed by hand (-i): a line or, while braces are open, several, edited and completed with libedit where input is a
 * terminal. Errors are said and the session goes on. ^C abandons what is typed; ^D and "quit" end the session. Lines are kept in
 * ~/.nft.history.
 */
#ifndef NFVM_APP_INTERACTIVE_H
#define NFVM_APP_INTERACTIVE_H

struct client;

/* 0; -1: the terminal cannot be used (said on stderr). */
int interactive(struct client *c);

#endif
