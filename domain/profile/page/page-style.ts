/** The page's look, light and dark. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --ink: #1d2530; --quiet: #647081; --line: #dde2e8; --paper: #f6f7f9; --card: #fff; --bar: #4c78a8; --bar2: #d9822b; --warn: #b4540a; --warnpaper: #fff4e8; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ee; --quiet: #98a3b3; --line: #333c48; --paper: #14181d; --card: #1c2229; --bar: #6f9fd0; --bar2: #e39a50; --warn: #f0a35c; --warnpaper: #2e241a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 28px 20px 60px; }
h1 { font-size: 26px; margin: 0 0 16px; overflow-wrap: anywhere; } h2 { font-size: 18px; margin: 32px 0 10px; } h3 { font-size: 16px; margin: 0; overflow-wrap: anywhere; }
a { color: inherit; } small, .quiet { color: var(--quiet); }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; } .tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 10px 18px; color: var(--quiet); } .tiles b { display: block; font-size: 22px; color: var(--ink); }
.findings { list-style: none; margin: 0; padding: 0; background: var(--card); border: 1px solid var(--line); border-radius: 8px; } .findings li { display: grid; grid-template-columns: 170px 170px 1fr; gap: 12px; padding: 7px 14px; border-top: 1px solid var(--line); } .findings li:first-child { border-top: 0; }
.kind { font-weight: 600; } .warning .kind { color: var(--warn); } .where, .what { overflow-wrap: anywhere; min-width: 0; } details { margin-top: 12px; } summary { cursor: pointer; color: var(--quiet); margin-bottom: 8px; }
.columns { display: grid; grid-template-columns: repeat(auto-fill, minmax(520px, 1fr)); gap: 14px; } .column { background: var(--card); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; min-width: 0; }
.column header { display: flex; gap: 10px; align-items: baseline; justify-content: space-between; } .type { color: var(--quiet); font-size: 13px; white-space: nowrap; }
.fill { height: 3px; background: var(--line); border-radius: 2px; margin: 8px 0 10px; } .fill i { display: block; height: 100%; background: var(--bar); border-radius: 2px; }
.marks { margin: 0 0 10px; padding: 6px 10px 6px 26px; background: var(--warnpaper); color: var(--warn); border-radius: 6px; font-size: 13.5px; overflow-wrap: anywhere; }
.body { display: grid; grid-template-columns: fit-content(52%) minmax(0, 1fr); gap: 18px; } dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 2px 12px; margin: 0; font-size: 13.5px; align-content: start; } dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; } .whole { white-space: nowrap; }
.histogram { width: 100%; height: auto; } .histogram rect { fill: var(--bar); } .histogram line { stroke: var(--line); } .histogram text { fill: var(--quiet); font-size: 11px; }
.bars { list-style: none; margin: 0; padding: 0; font-size: 13px; display: grid; grid-template-columns: minmax(0, max-content) minmax(60px, 1fr) max-content; gap: 2px 8px; align-items: center; } .bars li { display: contents; } .label { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; } .count { color: var(--quiet); font-variant-numeric: tabular-nums; }
.bar { display: block; height: 9px; background: var(--paper); border-radius: 2px; } .bar i { display: block; height: 100%; background: var(--bar); border-radius: 2px; min-width: 1px; } .bar.negative i { background: var(--bar2); } .shape .quiet { margin: 0 0 4px; font-size: 13px; } .estimates { margin: 10px 0 0; font-size: 12px; overflow-wrap: anywhere; }
table { border-collapse: collapse; background: var(--card); border: 1px solid var(--line); border-radius: 8px; width: 100%; } th, td { text-align: left; padding: 6px 14px; border-top: 1px solid var(--line); overflow-wrap: anywhere; } thead th { border-top: 0; color: var(--quiet); font-weight: 500; } .strength { display: grid; grid-template-columns: 160px max-content; gap: 10px; align-items: center; }
.plain { columns: 2; margin: 0; padding-left: 20px; }
@media (max-width: 700px) { .columns { grid-template-columns: minmax(0, 1fr); } .body, .findings li { grid-template-columns: minmax(0, 1fr); gap: 6px; } .plain { columns: 1; } }
`;
