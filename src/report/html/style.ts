import { html } from './template.js';

/** Shades run from the page colour to ink, so that a heatmap reads the same way in light, dark and print. */
export const STYLE = html`<style>
:root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1a1f26;--soft:#59636e;--line:#dde1e6;--tint:#f5f7f9;--link:#0b57d0;--mute:#9aa5b1;
--good:#0f6b35;--good-bg:#dcf5e4;--bad:#a3172b;--bad-bg:#fde5e7;--warn:#7a4b00;--warn-bg:#fdf0cd;
--h0:#eef4f8;--h1:#d8e7ef;--h2:#bfd9e5;--h3:#a1c8da;--h4:#80b4cc;--h5:#5f9dbc;--h6:#4485a8;--h7:#2f6c90;--h8:#205375;--h9:#143b57}
@media screen and (prefers-color-scheme:dark){:root{--page:#0e1116;--card:#161b22;--ink:#e6eaf0;--soft:#9da7b3;--line:#2b323b;--tint:#1c222b;--link:#8ab4f8;--mute:#66717e;
--good:#6fdc97;--good-bg:#12301f;--bad:#ff9c9c;--bad-bg:#3d1a1f;--warn:#f0c052;--warn-bg:#352a10;
--h0:#1a232c;--h1:#1c303d;--h2:#1f3f51;--h3:#245066;--h4:#2c627c;--h5:#3a7793;--h6:#4e8eaa;--h7:#6ba7c0;--h8:#93c2d5;--h9:#c4dfea}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;-webkit-text-size-adjust:100%;overflow-wrap:anywhere}
main{max-width:960px;margin:0 auto;padding:24px 16px 64px}
header,section{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:24px;margin:0 0 16px}
section section{border-width:1px 0 0;border-radius:0;padding:20px 0 0;margin:20px 0 0}section section:first-of-type{border:0;padding:0;margin:0}
header{border-top:4px solid var(--tone)}.good{--tone:var(--good);--tone-bg:var(--good-bg)}.bad{--tone:var(--bad);--tone-bg:var(--bad-bg)}.warn{--tone:var(--warn);--tone-bg:var(--warn-bg)}.info{--tone:var(--h6)}
h1{font-size:24px;line-height:1.35;font-weight:600;margin:0 0 24px;letter-spacing:-.01em;text-wrap:pretty}
h2{font-size:17px;line-height:1.3;margin:0 0 14px;font-weight:650}h3{font-size:15px;margin:20px 0 8px;font-weight:650}section section h3{margin-top:0}
.tool,.note,small,.count{color:var(--soft);font-size:13px;font-weight:400}.tool{margin:0 0 14px}.note{margin:0 0 12px}.count{margin-left:8px}
.badge{display:flex;width:fit-content;align-items:center;gap:6px;margin:0 0 12px;padding:4px 14px 4px 8px;border-radius:99px;background:var(--tone-bg);color:var(--tone);font-size:15px;font-weight:700;letter-spacing:.01em}
.badge svg{fill:none;stroke:currentColor;stroke-width:2.2;stroke-linecap:round;stroke-linejoin:round}
.sentence::first-letter{text-transform:uppercase}.sentence{display:block}.name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.88em;background:var(--tint);border:1px solid var(--line);border-radius:5px;padding:0 5px;-webkit-box-decoration-break:clone;box-decoration-break:clone}
code{font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;color:var(--soft);font-weight:400}
dl{margin:0}dd{margin:0}dt{color:var(--soft);font-size:13px}
.identity{display:grid;grid-template-columns:repeat(3,1fr);gap:14px 24px;border-top:1px solid var(--line);padding-top:18px}.identity dd{font-weight:600}.identity .wide{grid-column:1/-1;order:1}.alarm{color:var(--bad)}.identity small{font-weight:400}
.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:10px 24px}.digests{display:grid;gap:10px}
ul{margin:0;padding-left:20px}li{margin:0 0 6px}.reasons{list-style:none;padding:0}.reasons li{padding:0 0 0 14px;border-left:3px solid var(--line);margin:0 0 10px}
a{color:var(--link);text-decoration:none}a:hover,a:focus-visible{text-decoration:underline}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:10px 12px 10px 0;font-weight:400;border-bottom:1px solid var(--line)}tbody tr:last-child>*{border-bottom:0}
thead th{color:var(--soft);font-size:13px;padding-top:0;vertical-align:bottom}th small,td small,th code{display:block}th b,td b{font-weight:600}thead th small{color:var(--link)}
.scroll{overflow-x:auto}.matrix{min-width:640px}.matrix th[scope=row]{min-width:170px}.matrix td{min-width:112px;overflow-wrap:break-word}.matrix .claimed{background:var(--tint)}.matrix thead th{padding-left:10px;padding-bottom:8px}.matrix thead th+th+th+th{color:var(--ink);font-weight:600}.matrix thead th:first-child{padding-left:0}.matrix td{padding-left:10px}
.best>span:first-child{font-weight:650}.star{color:var(--link);font-weight:600}.matrix td small{white-space:nowrap}.why small{margin-top:4px}
.chip{display:inline-block;white-space:nowrap;padding:1px 9px;border-radius:99px;font-size:12.5px;font-weight:600;background:var(--tone-bg,var(--tint));color:var(--tone,var(--soft))}
.posterior th{width:34%;border:0;padding:5px 12px 5px 0}.posterior th small{display:inline;margin-left:6px}.posterior td{border:0;padding:5px 0;vertical-align:middle}.posterior .share{width:76px;text-align:right}
.track{background:linear-gradient(var(--tint),var(--tint)) center/100% 14px no-repeat}.fill{display:block;height:14px;min-width:2px;border-radius:2px;background:var(--tone,var(--mute))}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,380px),1fr));gap:24px;margin-top:18px}figure{margin:0;min-width:0}figure.samples{grid-column:1/-1;display:grid;grid-template-columns:minmax(0,440px) minmax(0,1fr);gap:0 40px;align-items:start}.samples>figcaption,.samples>details,.samples>.note{grid-column:1/-1}.samples .data td,.samples .data th{padding:2px 16px 2px 0}figcaption{font-weight:600;font-size:14px;margin:0 0 8px}
svg{max-width:100%;height:auto;display:block}.badge svg{flex:none}.axis text,.mark text{font-size:11px;fill:var(--soft)}.rule{stroke:var(--line);fill:none}.bar{fill:var(--h6)}.mark path{stroke:var(--ink);stroke-dasharray:3 3;opacity:.55}.mark text{fill:var(--ink)}
.h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}.h6{fill:var(--h6)}.h7{fill:var(--h7)}.h8{fill:var(--h8)}.h9{fill:var(--h9)}.hn{fill:none}
.s0{stroke:var(--h0)}.s1{stroke:var(--h1)}.s2{stroke:var(--h2)}.s3{stroke:var(--h3)}.s4{stroke:var(--h4)}.s5{stroke:var(--h5)}.s6{stroke:var(--h6)}.s7{stroke:var(--h7)}.s8{stroke:var(--h8)}.s9{stroke:var(--h9)}
.b0{background:var(--h0)}.b1{background:var(--h1)}.b2{background:var(--h2)}.b3{background:var(--h3)}.b4{background:var(--h4)}.b5{background:var(--h5)}.b6{background:var(--h6)}.b7{background:var(--h7)}.b8{background:var(--h8)}.b9{background:var(--h9)}
.legend span{white-space:nowrap}.legend{display:flex;align-items:center;gap:8px;font-size:12.5px;color:var(--soft);margin:4px 0 8px 44px}.ramp{display:flex;flex:0 1 180px;border:1px solid var(--line);border-radius:3px;overflow:hidden}.ramp i{flex:1;height:10px}
details{margin-top:8px}summary{cursor:pointer;color:var(--link);font-size:13px}.data{width:auto;justify-self:start;font-size:12px;margin-top:8px}.data caption{text-align:left;white-space:nowrap;color:var(--soft);padding:0 0 6px}.data th,.data td{padding:3px 10px 3px 0;text-align:right;white-space:nowrap;color:var(--soft);vertical-align:middle}.data td{color:var(--ink)}
.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:640px){main{padding:12px 8px 40px}header,section{padding:18px 16px}h1{font-size:20px}.identity{grid-template-columns:1fr 1fr}.identity div:nth-child(2),.identity div:last-child{grid-column:1/-1}
.matrix{min-width:0}.matrix,.stack,.matrix tbody,.stack tbody,.matrix tr,.stack tr{display:block}.matrix thead,.stack thead{display:none}.matrix tr,.stack tr{padding:12px 0;border-bottom:1px solid var(--line)}.matrix tr:last-child,.stack tr:last-child{border:0}
.matrix th[scope=row],.stack th[scope=row]{display:block;border:0;padding:0 0 8px}.matrix tr td,.stack tr td{display:flex;flex-wrap:wrap;justify-content:space-between;gap:0 12px;border:0;padding:4px 0}.matrix tr td.claimed{margin:0 -8px;padding:4px 8px}.matrix tr td[data-label]::before,.stack tr td[data-label]::before{content:attr(data-label);color:var(--soft);flex:0 0 auto;max-width:45%}.matrix tr td>span,.matrix tr td>b,.stack tr td>span{flex:0 1 auto}.matrix tr td small{flex:1 0 100%;text-align:right}.matrix tr td>span:not(.chip),.matrix tr td>b{flex:1;text-align:right}.matrix tr td.why,.stack tr td.why{display:block}.matrix tr td.why small{text-align:left}.axis text,.mark text{font-size:13px}.posterior th{width:42%}figure.samples{display:block}.posterior th small{display:block;margin:0}}
@media print{:root{--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--tint:#f2f2f2;--link:#000}body{font-size:11pt}main{max-width:none;padding:0}header,section{border-width:0 0 1px;border-radius:0;padding:12px 0;margin:0}header{border-top-width:3px}figure,tr,.card{break-inside:avoid}.scroll{overflow:visible}.matrix{min-width:0}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}details>summary{display:none}}
</style>`;
