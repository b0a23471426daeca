"""The style of an evaluation's page, beside what all HTML reports have: colours by role, light and dark."""

STYLE = """
:root {
  --ink: #1f2430; --soft: #6b7280; --faint: #8883; --card: #8881;
  --good: #2f7d5b; --bad: #c2453c; --blue: #3b6fb6; --gold: #c98a1b; --violet: #8a5aa8;
}
@media (prefers-color-scheme: dark) {
:root {
  --ink: #e6e8ee; --soft: #9aa3b2;
  --good: #5fbf93; --bad: #ef7d72; --blue: #7fb0f0; --gold: #e5b454; --violet: #c39ae0;
}
}
h1 { font-size: 1.6rem; margin-bottom: .2rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 0; }
.soft, figcaption { color: var(--soft); font-size: .9rem; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: .8rem; margin: 1.2rem 0; }
.tile { background: var(--card); border-radius: 10px; padding: .7rem .9rem; }
.tile b { display: block; font-size: 1.55rem; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile small { color: var(--soft); }
.tile .meter { height: 4px; border-radius: 2px; background: var(--faint); margin-top: .45rem; position: relative; }
.tile .meter i { position: absolute; top: 0; height: 4px; border-radius: 2px; background: var(--blue); }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 1.6rem; }
figure { margin: 0; }
.wide { overflow-x: auto; }
svg .grid { stroke: var(--faint); }
svg .axis { stroke: var(--soft); }
svg .ideal { stroke: var(--soft); stroke-dasharray: 4 4; }
svg text.mark, svg text.title { fill: var(--soft); font-size: 11px; }
svg text.name { font-size: 12px; }
svg .bar { fill: var(--blue); fill-opacity: .75; }
svg .count { fill: var(--soft); fill-opacity: .55; }
svg .over { fill: var(--bad); fill-opacity: .35; }
svg .under { fill: var(--good); fill-opacity: .35; }
svg .whisker { stroke: var(--ink); stroke-opacity: .65; }
svg .line { fill: none; stroke-width: 2; }
svg .dot { stroke: none; }
svg .line.judge0 { stroke: var(--blue); }
svg .line.judge1 { stroke: var(--gold); }
svg .line.judge2 { stroke: var(--good); }
svg .line.judge3 { stroke: var(--violet); }
svg .dot.judge0 { fill: var(--blue); }
svg .dot.judge1 { fill: var(--gold); }
svg .dot.judge2 { fill: var(--good); }
svg .dot.judge3 { fill: var(--violet); }
i.judge0 { background: var(--blue); }
i.judge1 { background: var(--gold); }
i.judge2 { background: var(--good); }
i.judge3 { background: var(--violet); }
svg .empty { fill: var(--card); }
svg rect.right { fill: var(--good); }
svg rect.wrong { fill: var(--bad); }
svg text.cell { font-size: 13px; font-variant-numeric: tabular-nums; }
svg text.cell.strong { fill: #fff; font-weight: 600; }
@media (prefers-color-scheme: dark) { svg text.cell.strong { fill: #10131a; } }
summary { cursor: pointer; }"""
