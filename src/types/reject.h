/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `reject with TYPE CODE`: names of the codes that the statement may send, and their types (print as names). */
#ifndef NFVM_TYPES_REJECT_H
#define NFVM_TYPES_REJECT_H

#include <string.h>

#include "src/types/datatype.h"

extern const struct symbol reject_icmp_codes[], reject_icmpv6_codes[], reject_icmpx_codes[];
extern const struct datatype type_reject_icmp_code, type_reject_icmpv6_code, type_reject_icmpx_code;

#endif
