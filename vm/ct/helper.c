/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers by number, how connections get one, and where they run (nf_confirm); see help.h. */
#include "vm/ct/help.h"

#include "vm/ct/tuple.h"

extern const struct ct_helper ct_helper_ftp, ct_helper_irc, ct_helper_tftp;

static const struct ct_helper *const helpers[] = { &ct_helper_ftp, &ct_helper_irc, &ct_helper_tftp };

uint16_t ct_helper_find(const char *name, uint8_t proto)
{
	for (uint16_t i = 0; i < ARRAY_SIZE(helpers); i++)
		if (!strcmp(helpers[i]->name, name) && helpers[i]->proto == proto)
			return i + 1;
	return 0;
}

const struct ct_helper *ct_helper(uint16_t number)
{
	return number ? helpers[number - 1] : NULL;
}

struct ct_help *ct_help_of(struct ct_table *t, struct ct_entry *ct)
{
	struct ct_help *h = &t->help[ct_index(t, ct)];

	if (!(atomic_load_explicit(&ct->has, memory_order_acquire) & CT_HAS_HELP)) {
		memset(h, 0, sizeof(*h));
		atomic_fetch_or_explicit(&ct->has, CT_HAS_HELP, memory_order_release);
	}
	return h;
}

void ct_helper_assign(struct vm_pkt *v, uint16_t number)
{
	struct ct_entry *ct = v->ct;
	const struct ct_helper *helper = ct_helper(number);

	if (!ct || !helper || ct_is_template(ct) || (ct_status(ct) & (IPS_CONFIRMED | IPS_HELPER)) ||
	    helper->proto != ct_tuple(ct, CT_ORIG)->proto)
		return;
	ct_help_of(v->w->e->ct, ct);
	ct->helper = number;
	ct_set_status(ct, IPS_HELPER);
}

static bool find_header(struct ct_help_pkt *x, struct vm_pkt *v)
{
	struct ct_l4 l4;

	if (!ct_find_l4(v->pf, v->data + v->l3, v->len - v->l3, &l4))
		return false;
	x->p.off = v->l3 + l4.off;
	x->p.l4 = v->data + x->p.off;
	x->p.len = v->len - x->p.off;
	return true;
}

uint32_t ct_help_packet(struct vm_pkt *v)
{
	struct ct_help_pkt x = { .p = { .v = v, .t = v->w->e->ct, .now_ns = v->w->now_ns },
				 .ct = v->ct,
				 .dir = ct_info_dir(v->ctinfo) };
	const struct ct_helper *helper = ct_helper(x.ct->helper);
	bool adjust = ct_status(x.ct) & IPS_SEQ_ADJUST; /* what the helper changes now is in its place already */
	uint32_t verdict = NF_ACCEPT;

	if ((!helper && !adjust) || v->ctinfo == IP_CT_RELATED_REPLY || !find_header(&x, v))
		return NF_ACCEPT;
	x.h = ct_help_of(x.p.t, x.ct);
	ct_take_turn(x.ct);
	if (helper)
		verdict = helper->help(&x);
	if (verdict == NF_ACCEPT && adjust && !ct_seqadj_packet(&x))
		verdict = NF_DROP;
	ct_end_turn(x.ct);
	return verdict;
}
