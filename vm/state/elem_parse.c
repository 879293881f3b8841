/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An element's message against its set (nft_add_set_elem(), first half). The order of checks is the kernel's. Control thread. */
#include "vm/state/internal.h"

#define MS UINT64_C(1000000)

static int check_flags(const struct vm_set *s, uint32_t f)
{
	if (f & ~(NFT_SET_ELEM_INTERVAL_END | NFT_SET_ELEM_CATCHALL))
		return -EOPNOTSUPP;
	if (f & NFT_SET_ELEM_INTERVAL_END && (!(s->flags & NFT_SET_INTERVAL) || f & NFT_SET_ELEM_CATCHALL))
		return -EINVAL;
	return 0;
}

/* Concatenations of ranges have both ends in one element; all others have none of that. */
static int check_key_end(const struct vm_set *s, const struct bc_elem *m)
{
	bool has = BC_HAS(m, NFTA_SET_ELEM_KEY_END);

	if (!(s->flags & NFT_SET_CONCAT) || !(s->flags & NFT_SET_INTERVAL))
		return has ? -EINVAL : 0;
	return m->flags & NFT_SET_ELEM_INTERVAL_END || (has && m->flags & NFT_SET_ELEM_CATCHALL) ? -EINVAL : 0;
}

static int check_carries(bool wanted, bool has, const struct bc_elem *m)
{
	if (!wanted)
		return has ? -EINVAL : 0;
	return has || m->flags & NFT_SET_ELEM_INTERVAL_END ? 0 : -EINVAL;
}

static int check_shape(const struct vm_set *s, const struct bc_elem *m)
{
	static const uint64_t not_at_end = 1u << NFTA_SET_ELEM_DATA | 1u << NFTA_SET_ELEM_OBJREF | 1u << NFTA_SET_ELEM_TIMEOUT |
					   1u << NFTA_SET_ELEM_EXPIRATION | 1u << NFTA_SET_ELEM_USERDATA |
					   1u << NFTA_SET_ELEM_EXPR | 1u << NFTA_SET_ELEM_KEY_END | 1u << NFTA_SET_ELEM_EXPRESSIONS;
	int err = check_flags(s, m->flags);

	if (err)
		return err;
	if (!!(m->flags & NFT_SET_ELEM_CATCHALL) == !!BC_HAS(m, NFTA_SET_ELEM_KEY))
		return -EINVAL;
	err = check_carries(s->flags & NFT_SET_MAP, BC_HAS(m, NFTA_SET_ELEM_DATA), m);
	if (!err)
		err = check_carries(s->flags & NFT_SET_OBJECT, BC_HAS(m, NFTA_SET_ELEM_OBJREF), m);
	if (!err)
		err = check_key_end(s, m);
	if (err)
		return err;
	return m->flags & NFT_SET_ELEM_INTERVAL_END && m->has & not_at_end ? -EINVAL : 0;
}

static int read_times(const struct vm_set *s, const struct bc_elem *m, struct elem_parsed *p)
{
	bool timed = s->flags & NFT_SET_TIMEOUT;

	p->has_timeout = BC_HAS(m, NFTA_SET_ELEM_TIMEOUT);
	p->has_expiration = BC_HAS(m, NFTA_SET_ELEM_EXPIRATION);
	if ((p->has_timeout || p->has_expiration) && !timed)
		return -EINVAL;
	if (p->has_timeout && m->timeout >= UINT64_MAX / MS)
		return -ERANGE;
	if (p->has_timeout)
		p->timeout_ns = m->timeout * MS;
	else if (timed && !(m->flags & NFT_SET_ELEM_INTERVAL_END))
		p->timeout_ns = s->timeout_ns;
	if (!p->has_expiration)
		return 0;
	if (!p->timeout_ns)
		return -EOPNOTSUPP;
	if (m->expiration >= UINT64_MAX / MS || m->expiration * MS > p->timeout_ns)
		return -ERANGE;
	p->expiration_ns = m->expiration * MS;
	return 0;
}

/* ---- expressions ---- */

static int match_exprs(const struct vm_set *s, struct vm_stateful *const exprs[], uint8_t n)
{
	if (s->n_exprs && s->n_exprs != n)
		return -EOPNOTSUPP;
	for (unsigned i = 0; i < s->n_exprs; i++)
		if (!stateful_same(exprs[i], s->exprs[i]))
			return -EOPNOTSUPP;
	return 0;
}

static int clone_exprs(const struct vm_set *s, struct vm_stateful *exprs[], uint8_t *n)
{
	for (*n = 0; *n < s->n_exprs; ++*n) {
		exprs[*n] = stateful_clone(s->exprs[*n]);
		if (!exprs[*n])
			return -ENOMEM;
	}
	return 0;
}

static int read_exprs(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, struct vm_stateful *exprs[], uint8_t *n)
{
	unsigned max = s->n_exprs ? s->n_exprs : SET_EXPRS_MAX;
	int err;

	*n = 0;
	if (!m->expr && !BC_HAS(m, NFTA_SET_ELEM_EXPRESSIONS))
		return m->flags & NFT_SET_ELEM_INTERVAL_END ? 0 : clone_exprs(s, exprs, n);
	if (m->expr && s->n_exprs > 1)
		return -EOPNOTSUPP;
	err = set_exprs_build(q, s, m->expr, m->exprs, max, exprs, n);
	return err ? err : match_exprs(s, exprs, *n);
}

static void free_exprs(struct vm_stateful *exprs[], uint8_t n)
{
	while (n-- > 0)
		stateful_free(&exprs[n]);
}

/* ---- keys and data ---- */

static int read_value(const struct bc_data *d, uint32_t len, const uint8_t **out)
{
	if (d->kind != BC_DATA_VALUE || d->len != len)
		return -EINVAL;
	*out = d->value;
	return 0;
}

static int read_key(const struct vm_set *s, const struct bc_elem *m, struct elem_spec *x)
{
	const uint8_t *p = NULL;
	int err = 0;

	if (BC_HAS(m, NFTA_SET_ELEM_KEY)) {
		err = read_value(&m->key, s->key_len, &p);
		x->key = p;
	}
	if (!err && BC_HAS(m, NFTA_SET_ELEM_KEY_END)) {
		err = read_value(&m->key_end, s->key_len, &p);
		x->key_end = p;
	}
	return err;
}

static int read_data(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, struct elem_spec *x, struct vm_verdict *v)
{
	const uint8_t *p = NULL;
	int err;

	if (!BC_HAS(m, NFTA_SET_ELEM_DATA))
		return 0;
	if (s->data_type != NFT_DATA_VERDICT) {
		err = read_value(&m->data, s->data_len, &p);
		x->data = p;
		return err;
	}
	err = state_verdict(txn_of(q), s->table, &m->data, true, v);
	x->verdict = v;
	return err;
}

static int make(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, struct elem_spec *x, struct vm_stateful *const exprs[],
		struct vm_elem **out)
{
	struct vm_obj *obj = NULL;
	struct vm_verdict v;
	struct vm_elem *e;
	void *mem;
	int err = read_key(s, m, x);

	if (!err && m->objref) {
		obj = state_find_obj(txn_of(q), s->table, m->objref, s->obj_type);
		err = obj ? 0 : -ENOENT;
	}
	if (!err)
		err = read_data(q, s, m, x, &v);
	if (err)
		return err;
	x->flags = m->flags;
	if ((uint8_t)m->userdata.len) /* the kernel counts them in a byte: 256 are none */
		x->userdata = m->userdata;
	mem = malloc(elem_size(s, x));
	if (!mem)
		return -ENOMEM;
	e = elem_init(mem, s, x);
	e->obj = obj;
	if (x->n_exprs)
		memcpy(vm_elem_exprs(e), exprs, x->n_exprs * sizeof(exprs[0]));
	*out = e;
	return 0;
}

int elem_parse(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, struct elem_parsed *out)
{
	struct vm_stateful *exprs[SET_EXPRS_MAX];
	struct elem_spec x = { 0 };
	int err = check_shape(s, m);

	*out = (struct elem_parsed){ 0 };
	if (!err)
		err = read_times(s, m, out);
	if (err)
		return err;
	x.timeout_ns = out->timeout_ns;
	if (out->timeout_ns)
		x.expires_ns = txn_of(q)->now_ns + (out->expiration_ns ? out->expiration_ns : out->timeout_ns);
	err = read_exprs(q, s, m, exprs, &x.n_exprs);
	if (!err)
		err = make(q, s, m, &x, exprs, &out->elem);
	if (err)
		free_exprs(exprs, x.n_exprs);
	return err;
}

int elem_parse_key(struct nl_req *q, struct vm_set *s, const struct bc_elem *m, bool get, struct vm_elem **out)
{
	struct elem_spec x = { .flags = m->flags };
	int err = check_flags(s, m->flags);

	if (err)
		return err;
	if (!BC_HAS(m, NFTA_SET_ELEM_KEY) && !(m->flags & NFT_SET_ELEM_CATCHALL))
		return -EINVAL;
	err = get ? 0 : check_key_end(s, m);
	if (!err)
		err = read_key(s, m, &x);
	if (err)
		return err;
	*out = elem_init(arena_alloc(q->arena, elem_size(s, &x)), s, &x);
	return 0;
}
