import type { TraceDraft } from '../../core/trace/record';
import { type Rule, SOURCE_NAMES, acceptanceOf } from './draft-rule';
import { probability } from './format';
import type { MarkKind } from './mark-path';
import { Mark } from './marks';
import { TokenLabel } from './token-chip';
import './draft-table.css';

/** A drafted token, and what names its row. */
export interface DraftOfRow {
  readonly name: string;
  readonly draft: TraceDraft;
}

export interface DraftTableProps {
  readonly rows: readonly DraftOfRow[];
  /** What the names of the rows are. */
  readonly naming: string;
  readonly caption: string;
  readonly rule: Rule;
  /** Whether drafts come from different sources. */
  readonly withSource: boolean;
  /** One block for each drafted token, for want of room. */
  readonly stacked: boolean;
}

/** Drafted tokens and how each was judged, number by number. */
export function DraftTable({ rows, naming, caption, rule, withSource, stacked }: DraftTableProps) {
  const typical = rule.kind === 'typical';
  const borrows = rule.kind === 'lantern' || rule.kind === 'lantern-greedy';
  return (
    <div class={stacked ? 'draft-scroll drafts-stacked' : 'draft-scroll'}>
      <table class="drafts" role="table">
        <caption class="unseen">{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            <Head class="number">{naming}</Head>
            <Head>draft</Head>
            {withSource && <Head>source</Head>}
            <Head
              class="drafts-bars"
              title={`q outlined, p filled${borrows ? ', what the rule borrowed hatched' : ''}; both from 0 to 1.`}
            >
              {borrows ? 'q and p' : 'q outlined, p filled'}
            </Head>
            <Head class="number" title="Probability with which the token was drafted; 1 where the draft is certain.">
              q
            </Head>
            <Head class="number" title="The model’s probability of the token, after temperature and filters.">
              p
            </Head>
            {borrows && (
              <Head class="number" title="Probability of neighbours in the embeddings that was counted in.">
                borrowed
              </Head>
            )}
            <Head class="drafts-track">{TRACK_HEADS[rule.kind]}</Head>
            {typical ? (
              <Head class="number" title="What p had to exceed: min(ε, δ · exp(−H)), H the entropy of p.">
                threshold
              </Head>
            ) : (
              <Head class="number" title="Probability with which the token was to be accepted.">
                accept
              </Head>
            )}
            <Head class="number" title="The draw that decided, uniform in [0, 1); – where the rule draws nothing.">
              r
            </Head>
            <Head>verdict</Head>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ name, draft }) => (
            <DraftRow key={name} draft={draft} name={name} rule={rule} withSource={withSource} borrows={borrows} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const TRACK_HEADS: Readonly<Record<Rule['kind'], string>> = {
  ratio: 'accept zone, r marked',
  certain: 'accept zone, r marked',
  lantern: 'accept zone, r',
  greedy: 'accept zone',
  'lantern-greedy': 'accept zone',
  typical: 'accept zone, p marked',
};

function Head(props: { readonly children: string; readonly class?: string; readonly title?: string }) {
  return (
    <th scope="col" role="columnheader" class={props.class} title={props.title}>
      {props.children}
    </th>
  );
}

interface DraftRowProps {
  readonly draft: TraceDraft;
  readonly name: string;
  readonly rule: Rule;
  readonly withSource: boolean;
  readonly borrows: boolean;
}

const VERDICT_MARKS: Readonly<Record<TraceDraft['verdict'], MarkKind>> = {
  accepted: 'accepted',
  rejected: 'rejected',
  unread: 'unused',
};
const VERDICT_NAMES = { accepted: 'accepted', rejected: 'rejected', unread: 'unused' } as const;

function DraftRow({ draft, name, rule, withSource, borrows }: DraftRowProps) {
  const { verdict, q, p, r } = draft;
  const tested = verdict !== 'unread';
  const accept = rule.kind === 'typical' ? (draft.threshold ?? null) : acceptShown(draft);
  const label = <TokenLabel text={draft.text} />;
  return (
    <tr role="row" class={`draft-${verdict}`}>
      <td role="cell" class="number drafts-place">
        {name}
      </td>
      <th role="rowheader" scope="row" class="drafts-token" title={`token id ${draft.id}`}>
        {verdict === 'rejected' ? <s>{label}</s> : label}
      </th>
      {withSource && (
        <td role="cell" class="drafts-source">
          {SOURCE_NAMES[draft.source]}
        </td>
      )}
      <td role="cell" class="drafts-bars">
        {tested ? <Bars q={q} p={p ?? 0} borrowed={draft.borrowed ?? 0} /> : <span class="muted">not evaluated</span>}
      </td>
      <Number name="q" value={q} />
      <Number name="p" value={p} />
      {borrows && <Number name="borrowed" value={draft.borrowed ?? null} />}
      <td role="cell" class="drafts-track">
        {tested && <Track draft={draft} rule={rule} />}
      </td>
      <Number name={rule.kind === 'typical' ? 'threshold' : 'accept'} value={accept} />
      <Number name="r" value={r} />
      <td role="cell" class="drafts-verdict">
        <span class="key">
          <Mark kind={VERDICT_MARKS[verdict]} />
          {VERDICT_NAMES[verdict]}
        </span>
      </td>
    </tr>
  );
}

/** min(1, ratio); where no draw decided, 1 or 0 as the rule said. */
function acceptShown(draft: TraceDraft): number | null {
  if (draft.verdict === 'unread') return null;
  return acceptanceOf(draft) ?? (draft.verdict === 'accepted' ? 1 : 0);
}

/** A number that says its name where there is no head above it. */
function Number({ name, value }: { readonly name: string; readonly value: number | null }) {
  return (
    <td role="cell" class="number" data-name={name}>
      {probability(value)}
    </td>
  );
}

function percent(value: number): string {
  return `${100 * Math.max(0, Math.min(1, value))}%`;
}

/** q as an outline over p as a filled bar, both from 0 to 1. */
function Bars({ q, p, borrowed }: { readonly q: number; readonly p: number; readonly borrowed: number }) {
  return (
    <span class="draft-bars" aria-hidden="true">
      <i class="draft-q" style={{ width: percent(q) }} />
      <i class="draft-p" style={{ width: percent(p) }} />
      {borrowed > 0 && (
        <i class="draft-borrowed" style={{ left: percent(p), width: percent(Math.min(1 - p, borrowed)) }} />
      )}
    </span>
  );
}

/** From 0 to 1: where the token is accepted, where not, and what decided. */
function Track({ draft, rule }: { readonly draft: TraceDraft; readonly rule: Rule }) {
  const typical = rule.kind === 'typical' && draft.threshold !== undefined;
  const [from, to] = typical ? [draft.threshold ?? 0, 1] : [0, acceptShown(draft) ?? 0];
  const tick = typical ? draft.p : draft.r;
  return (
    <span class="draft-track" aria-hidden="true">
      <i class="draft-zone" style={{ left: percent(from), width: percent(to - from) }} />
      {tick !== null && <i class="draft-tick" style={{ left: percent(tick) }} />}
    </span>
  );
}
