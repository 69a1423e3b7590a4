/** The style of the page: light and dark as the reader's system is. */
export const PAGE_STYLE: string = `
:root{color-scheme:light dark;--ink:#1c2024;--soft:#667078;--line:#d8dde1;--ground:#fff;--lane:#f6f8f9;--bad:#c62a2f;--badground:#fdecec;--reads:#1f6feb;--wakes:#1a7f4b;--spawns:#8b94a0;--joins:#8b94a0;--plain:#9a6700}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ec;--soft:#98a2ab;--line:#333a41;--ground:#14171a;--lane:#1b1f23;--bad:#ff7b7b;--badground:#43191c;--reads:#6cb0ff;--wakes:#57cf8f;--spawns:#75808a;--joins:#75808a;--plain:#e0b350}}
body{margin:24px;background:var(--ground);color:var(--ink);font:14px/1.45 system-ui,sans-serif}
h1{margin:0;font-size:20px;color:var(--bad)}
.message{margin:4px 0 12px;font-size:16px;white-space:pre-wrap}
.standing{margin:0 0 14px;padding-left:20px}
code,.cell,.number,.more code{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
main{position:relative;margin:12px 0}
.lane{position:absolute;top:0;box-sizing:border-box;border:1px solid var(--line);border-radius:6px;background:var(--lane)}
h2{margin:0;padding:7px 12px;font-size:13px;border-bottom:1px solid var(--line)}
ol{list-style:none;margin:0;padding:0}
li.step,li.plain,li.spin{position:absolute;left:0;right:0;height:30px;outline-offset:-2px}
.number{position:absolute;left:0;width:40px;line-height:30px;text-align:right;font-weight:400;color:var(--soft)}
.cell{position:absolute;box-sizing:border-box;display:flex;gap:10px;justify-content:space-between;height:30px;padding:0 14px;line-height:30px;white-space:nowrap}
.what{overflow:hidden;text-overflow:ellipsis}
.at{color:var(--soft);flex:none}
.plain .what{color:var(--plain);font-style:italic}
.spin .what::before{content:"\\21BB  "}
.spin .what,.quiet .what{color:var(--soft)}
.failing .cell{background:var(--badground);box-shadow:inset 3px 0 var(--bad);color:var(--bad)}
.failing .what{color:var(--bad);font-weight:600}
.failing .number{color:var(--bad)}
.more{display:none;position:absolute;top:29px;z-index:3;max-width:620px;padding:8px 12px;border:1px solid var(--line);border-radius:6px;background:var(--ground);box-shadow:0 4px 16px #0004}
.more code,.more i{display:block;white-space:pre-wrap}
.more i{font:12px/1.5 system-ui,sans-serif;color:var(--soft)}
li:hover .more,li:focus .more{display:block}
li:hover .cell{filter:brightness(.97)}
svg{position:absolute;left:0;top:0;pointer-events:none;z-index:2;overflow:visible}
.arrow{fill:none;stroke-width:1.6;opacity:.8}
path.reads-from{stroke:var(--reads)}path.wakes{stroke:var(--wakes)}
path.spawns,path.joins{stroke:var(--spawns);stroke-dasharray:4 3;stroke-width:1.1;opacity:.55}
marker.reads-from{fill:var(--reads)}marker.wakes{fill:var(--wakes)}marker.spawns,marker.joins{fill:var(--spawns)}
.legend span{margin-right:14px}
.legend .reads-from{color:var(--reads)}.legend .wakes{color:var(--wakes)}.legend .spawns,.legend .joins{color:var(--spawns)}
.legend .plain{color:var(--plain);font-style:italic}.legend .failing{color:var(--bad)}
footer{color:var(--soft)}
`;
