/**
 * Where the Unicode of Hugging Face's tokenizers (0.22) is not this process's: each table was read from the library, by asking
 * it about every code point (test/unit/tokenizer/vectors/tables.py). A table is ranges in base 36: the distance from the end of the
 * range before, and after a dot by how much the range is longer than one.
 */

/** Code points without a character in Unicode 16, the version of Oniguruma and of the regular expressions there. */
export const UNASSIGNED =
  'oo.1 7.3 8 2 l b2 13.1 1f.1 4 1k.7 s.3 7.a 7j 1p.1 2u.d 1o.1 1e.1 g t.1 2 c.4 w 3.4 6m 9.1 3.1 n 8 2.2 5.1 ' +
  'a.1 3.1 5.7 2.3 3 6.1 q.1 4 7.3 3.1 n 8 3 3 3.1 2 6.3 3.1 4.2 2.6 5 2.6 i.9 4 a 4 n 8 3 6.1 b 4 4.1 2.e 5.1 ' +
  'd.6 8 4 9.1 3.1 n 8 3 6.1 a.1 3.1 4.6 4.3 3 6.1 j.9 3 7.2 4 5.2 3 2 3.2 3.2 4.2 d.3 6.2 4 5.1 2.5 2.d m.4 e ' +
  '4 o h.1 a 4 5.6 3 4.1 2.1 5.1 b.6 n 4 o b 6.1 a 4 5.6 3.5 3 5.1 b 4.b e 4 1g 4 7.3 h.1 r 4 j.2 p a 2.1 8.2 ' +
  '2.3 7 2 9.5 b.1 4.b 1n.3 u.10 3 2 6 p 2 o.1 6 2 8 b.1 5.v 21 11.3 14 11 g e.10 5j 2.4 2.1 ai 5.1 8 2 5.1 16 ' +
  '5.1 y 5.1 8 2 5.1 g 1m 5.1 1w.1 x.2 r.5 2f.1 7.1 im.2 2i.6 n.8 p.8 l.b e 4 3.b 2n.1 b.5 b.5 r.5 2i.6 18.4 ' +
  '1z.9 w d.3 d.3 2.2 17.1 6.a 19.3 r.5 c.2 1r.1 1u u.1 c.5 b.5 f.1 w.1c 26 4n.7 1p.2 g.2 1r.4 18.1 c.7 18.4 ' +
  'ev.1 7.1 13.1 7.1 9 2 2 2 w.1 1i g f.1 7 k.1 4 a 2u d.1 s e.2 y.e y.e 3x.3 ij.l c.k 1ed.1 x 9q.4 1a 2.4 2.1 ' +
  '1l.6 3.d p.8 8 8 8 8 8 8 8 8 3j.x r 2i.b 5z.p 29 2f.1 2w.4 18 2n 2f.8 1d mlq.2 1k.8 9p.j 55.7 5r.1 3 2 9.k ' +
  '1o.2 b.5 1l.7 1z.7 d.5 39.a v.2 27 c.3 y 1k.8 f.1 b.1 2w.n t.9 7.1 7.1 7.8 8 8 1p.3 3j.1 b.5 8md.b o.3 1e.3 ' +
  '6sv.1 2z.11 8.b 6.4 r 6 2 3 3 3i.f ce.1 1j.6 2.v 17.5 1g k 5.3 6 3s.1 2 5b.2 7.1 7.1 7.1 4.2 8 8.9 6.1 d r k ' +
  '3 g.1 f.x 3g.4 4.3 1a.2 2h e.2 2.1a 1b.3l u.2 1e.e t.3 11.8 v.4 18.4 v 12.3 f.15 4f.1 b.5 11.3 11.3 15.7 ' +
  '1h.a d g 8 3 c g 8 3.2 1h.b 8o.8 n.9 9.n 7 17 a.1w 7.1 2 19 3.2 2.1 o 21.7 a.1b k 3.4 y.2 s.4 2.1r 1l.3 l.1 ' +
  '1f 3.4 9 4 u.1 4.3 b.6 a.6 1t.v 14.3 d.8 1j.2 u.1 s.4 r.6 5.b 8.27 22.1i 1g.c 1g.6 1b.7 b.5 13.2 u.7 3.5r w ' +
  '17 4.1 3.f 4.1i 19.7 17.l r.11 t.j o.8 27.3 11.8 1x.9 2.1 q.6 b.5 1i j.7 14.8 2p l.a j 1c.1p 8 2 5 g c.5 ' +
  '1o.4 b.5 5 9.1 3.1 n 8 3 6 b.1 3.1 4.1 2.5 2.4 8.1 8.2 6.a b 2.1 2 13 b 2.1 2 5 b 3.7 3.s 2l 6.t 21.7 b.4l ' +
  '1j.1 13.x 1y.a b.5 e.i 1n.5 b.5 l.r s.1 g.3 o.54 1p.2r 2c.b 9.1 2.1 9 3 v 3.1 d.8 b.1x 9.1 1b.1 c.q 21.7 ' +
  '2c.c 22.6 b.51 z.d b.5 a 1a f.9 u.2 x.1 n f.20 8 3 19.2 2 3 a.7 b.5 7 3 12 3 7.6 b.8l q.6 i 16.2 u.2c 2.e ' +
  '1f.c po.2t 34 6.a 5h.217 2s.c uv.9 330.4 g8.5a0 1n.1c5 fu.6 w b.3 2a b.5 v.1 7.9 1z.9 b 8 m.4 k.bz 1n.5h ' +
  '2k.2s 24.3 1m.6 i.1r 6.a 3.d 4qh.7 yf.14 b.6w6 5 8 3 84.e 2.s 4.1 2.d 5.7 b1.1s3 30.4 e.2 a.6 b.1 9.317 6z.5 ' +
  'c5.23 1b.1 o.8 39.1n 6v.9 14.1 5f.k 1z.3d l.b l.b 2g.8 q.3q 2e 20 3.1 2.1 3.1 5 d 2 8 1u 5.1 9 8 t 5 6 2.2 8 ' +
  '9h.1 85.1 jj.e 6 g.un w.5 7.5w 8 i.1 8 3 6.4 1r.w 2.33 1a.2 f.1 b.3 3.8v w.g 1n.4 2.cv 17.5x 18.3 2.db 8 5 3 ' +
  'g 5i.1 h.14 25.3 b.3 3.ls 1x.23 1q.5d 5 s 3 2.1 2 b 5 2 2.5 2.3 2 2 2 4 3 2.1 2 2 2 2 2 3 2.1 5 8 5 5 2 b ' +
  'i.4 4 6 i.1f 3.7h 19.3 2t.b g.1 g g 12.9 4v.1j u.c 19.3 a.6 3.d 7.49 rd.3 i.2 e.2 3c.3 2o.5 d.3 2.e d.3 1l.7 ' +
  'b.5 15.7 v.1 d.3 3.1p 9h.b f.1 e.2 b.4 1l.6 g.1 c.5 a.6 44 2v.sl wyp.v 37f.5 67.1 4g3.d 5rm.e hb.1wh f3.15t ' +
  '3t8.4 38h.f974 2.t 2p.3j 6p.1e6n 1ekf.1 1ekf.1';

/** Combining marks as the normalizer StripAccents knows them (Unicode 9). */
export const MARKS =
  'lc.33 7o.6 7c.18 2 2.1 2.1 2 21.a 1d.k h 2u.6 3.5 3.1 2.3 10 v.q 2k.a 1n.8 z.3 2.8 2.2 2.4 18.2 3d.d 2.w ' +
  '1j.2 2.h 2.6 b.1 u.2 1l 2.6 3.1 3.2 a b.1 u.2 1l 2.4 5.1 3.2 4 v.1 4 c.2 1l 2.7 2.2 2.2 l.1 u.2 1l 2.6 3.1 ' +
  '3.2 9.1 b.1 v 1o.4 4.2 2.3 a 15.3 1n.6 2.2 2.3 8.1 c.1 u.2 1l 2.6 2.2 2.3 8.1 c.1 u.2 1n.6 2.2 2.3 a b.1 v.1 ' +
  '1z 5.5 2 2.7 j.1 1q 3.6 d.7 2r 3.5 2.1 c.5 23.1 s 2 2 5.1 1e.j 2.1 6.a 2.z a 2t.j o.3 5.2 2.2 3.6 4.3 e.b 2 ' +
  'b.3 jk.2 qb.2 u.2 u.1 v.1 1t.v a 1a.2 3c.1 z 3b.b 5.b 64.4 1m.9 2.s 3 1d.e 1u.4 1c.g 13.8 d.2 v.c 1l.d 1d.j ' +
  '49.2 2.k 5 5.2 4.1 5j.1h 6.4 k1.w 2db.2 3y 2p.v ff.5 2y.1 n9x.3 2.9 x.1 29.1 7l 4 5 o.4 2h.1 1f.h r.h 1h.7 ' +
  'q.c 19.3 1c.d 11 1w.d d 9.1 1a.2 1f 2.2 3.1 6.1 2 16.4 6.1 6l.7 2.1 fn5 ki.f h.f r2 6b 46.4 1af.2 2.1 6.3 ' +
  '15.2 5 4m.1 10a.2 1i.e 1l.3 1a.a 1y.2 11.d 1r d.2 1d.d a.2 2o.b 7 4h.b m.3 1l 2.6 3.1 3.2 a b.1 3.6 4.4 5d.h ' +
  '2y.j 6k.6 3.8 s.1 2b.g 2z.c 2u.e zo.7 2.7 2b.l 2.d fga.4 1o.6 t7.19 h.3 f7v.1 43r.4 4.5 9.7 3.6 v.3 45.2 ' +
  '1j0.1i 5.1d 9 f n.4 2.e 11t.6 2.g 3.6 2.1 2.4 1pi.6 32.6 gzhy.6n';

/** Nonspacing marks as BertNormalizer knows them (Unicode 7), in canonical decomposition. */
export const BERT_MARKS =
  'lc.1r 3 3.16 7o.4 7e.18 2 2.1 2.1 2 21.a 1d.k h 2u.6 3.5 3.1 2.3 10 v.q 2k.a 1n.8 z.3 2.8 2.2 2.4 18.2 3s.v ' +
  '1k 2 5.7 5 4.6 b.1 u 1n 5.3 9 l.1 u.1 1m 5.1 5.1 3.2 4 v.1 4 c.1 1m 5.4 2.1 5 l.1 u 1n 3 2.3 9 9 c.1 v 1q d ' +
  '1f 1q.2 6.1 3.3 8.1 c.1 u 1n 3 7 6.1 l.1 u 1s.3 9 l.1 2v 8.2 2 2j 3.6 d.7 2r 3.5 2.1 c.5 23.1 s 2 2 1k.1 2 3 ' +
  '2.5 2 2.2 2.1 6.5 2.3 2.3 2.3 2.3 2.3 2.b 2.2 a 2v.3 2.5 2.1 3.1 q.1 5.2 h.3 e 3.1 7 g jk.2 qb.2 u.2 u.1 v.1 ' +
  '1t.1 2.6 9 3.a a 1a.2 4c 3b.2 5.1 a 7.2 64.1 3 1n 2.6 2 2 3.7 7.9 3 1d.d 1v.3 1d 2.4 2 6 15.8 d.1 x.3 3.1 ' +
  '2.2 1l 2.1 4 2.2 1n.7 3.1 49.2 2.c 2.6 5 7 4.1 5j.1h 7.3 k1.c 5 4.b 2db.2 3y 2p.v ff.3 30.1 n9x 5.9 x.1 29.1 ' +
  '7l 4 5 q.1 4e s.h 1h.7 q.a 1b.2 1d 3.3 3 15 1w.5 3.1 3.1 d 9 1c 1g 2.2 3.1 6.1 2 17.1 9 6n 3 5 fn5 ki.f h.f ' +
  'r2 6b 46.4 1af.2 2.1 6.3 15.2 5 4m.1 10b 1j.e 1l.2 1e.3 3.1 1y.2 11.4 2 3.4 1r d.1 1h.8 c.2 2r.2 3 2.1 4o ' +
  '4.7 m.1 1n 4 12.6 4.4 8v.5 2 5.1 2.1 6n.3 7.1 2.1 s.1 2e.7 3 2.1 2z 2 3.5 2 2u.2 3.3 2.4 gjp.4 1o.6 ux.3 ' +
  'f7v.1 43t.2 i.7 3.6 v.3 45.2 1j0.1i 5.1d 9 f n.4 2.e 2sh.6 gzl6.6n';

/** What BertNormalizer takes for control characters: Cc, Cf and Co of Unicode 7, without tab and line ends. */
export const CONTROLS =
  '1.7 3.1 2.h 2o.w e 11v.5 n 5d 1e 3cv 1kt.4 r.4 1e.4 2.9 11u9.4xr 16o 6y.2 3b6 xyb.3 440.7 h407 v.2n ' +
  '1egx.1ekd 3.1ekd';

/** What the pre-tokenizers Punctuation and BertPreTokenizer take for punctuation: P of Unicode 7 and all ASCII signs. */
export const PUNCTUATION =
  'x.e b.6 r.5 r.3 z 6 4 b.1 4 4 jj 9 cz.5 16.1 1g 2 3 3 19.1 l.1 2.1 e 3.1 23.3 2v 18.d 6i.2 1j.e w 7a.1 b ao ' +
  'lg 2j b.1 4p.e 2 12.3 20 23.4 5.1 34.5 4s h1.8 48 h9.1 19.1 27.2 20.1 4e.2 2.2 12.a 8q.1 61.1 3l.6 2.5 4t.6 ' +
  '4c.3 1o.4 1r.1 1t.7 c n1.n 9.j 2.c 2.b v.1 f.1 hm.3 u.1 u6.d 28.1 w.9 b8.l 1s.3 x.1 l8.3 2.1 35 40.1a 2.i ' +
  'cf.2 5.9 3.b h d 2r 2j mwz.1 7i.2 2s b 38.5 al.3 2f.1 15.2 2 1e.1 1c 2q.c h.1 3h.3 3j.1 h.1 6y g2b.1 5t.9 ' +
  'n.y 2.d 2 5 2.1 46.2 2.5 2.3 b.1 4.1 r.2 2 s 2 2.6 bf.2 il 1d bj ko 5k w 7l.8 13 35.6 1v.6 2i.3 x7.6 32.1 ' +
  '2.3 3j.3 1d.1 28.4 4 e 2.2 2h.5 30 f1 6z.m 2y.2 6x.2 2lu.4 dtm.1 3q 1u.4 9 g2j 5wo.4';

/** What the normal forms of Unicode 9 leave alone, and those of today change, reorder or compose. */
export const UNNORMALIZED =
  '1kt 4a.8 17.9 8b 70.5 2e 4v 1k 53 d 1n.1 1x 8p k 1mv 6y j4.u 3.b ek 73.4 45h n3m.3 1k 5v h6 huo 9 8 a bh.4 ' +
  '2.15 2.8 12i.3 1u.4 8u.1 26.5 1z.a 1e.3 6j 3.1 26 3n.1 3n 5.1 36 6y 1z.3 6 3 2.1 13.8 2 3 2.3 2.4 2 f.1 3g ' +
  'r2.e 6u.5 2.1 3.3 2 2.1 3y.6 3.6 4 t.9 15.6 2.3 9 a.a 1b.f 5j.7 cq.5 4 2.1 2.6 2 1v.4 2.1 2.4 9o.3 a.1 2 ' +
  '1d.6 4.4 o 44m 7.e 8uh.h 2es 4.3 dh 1c.8 2l c.1 icl.z ef.19 3.m 3ca.1p y 4h.6 ag 1q.3 e5.3 73.1 6s 3 8.1 6 ' +
  '22f 22s.9';
