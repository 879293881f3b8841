/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The program's commands: argument handling, nothing else. Each returns the exit status. */
#ifndef NFVM_CMD_H
#define NFVM_CMD_H

int cmd_nft(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_convert(int argc, char **argv);
int cmd_test(int argc, char **argv);
int cmd_serve(int argc, char **argv);
int cmd_stop(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_exec(int argc, char **argv);
int cmd_host(int argc, char **argv);

#endif
