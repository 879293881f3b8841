/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a packet test asks of the ruleset and the connections: counters, elements, connection marks. */
#ifndef NFVM_APP_TEST_STATE_H
#define NFVM_APP_TEST_STATE_H

#include "app/test/check.h"

bool state_counter(struct check *c, const struct step *s);
bool state_set(struct check *c, const struct step *s);
/* The mark of the last packet's connection. */
bool state_ct_mark(struct check *c, uint32_t want);

#endif
