/** Of every page; its hash is in their policy. */
export const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:1rem auto;max-width:60rem;padding:0 1rem}
nav,h1,dd,dt,figcaption,td{overflow-wrap:anywhere}h1{font-size:1.5rem;margin:.5rem 0}h1 small{border:1px solid #8888;border-radius:1rem;font-size:.875rem;font-weight:400;padding:.125rem .625rem;vertical-align:middle;white-space:nowrap}
h2{font-size:1rem;margin:1rem 0 .25rem}h2 small{font-weight:400;margin-left:.5rem}details{margin-top:.5rem}summary{cursor:pointer;font-weight:600}
.facts{align-items:start;display:grid;gap:0 2rem;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr))}
dl{display:grid;grid-template-columns:minmax(6rem,auto) minmax(50%,1fr);margin:.25rem 0;max-height:20rem;overflow:auto}dt,dd{border-top:1px solid #8884;margin:0;padding:.125rem .5rem}dd{white-space:pre-wrap}
pre{background:#8881;border-radius:.25rem;font-size:.8125rem;margin:.25rem 0;max-height:20rem;overflow:auto;padding:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}
.media{display:grid;gap:1rem;grid-template-columns:repeat(auto-fill,minmax(9rem,1fr))}figure{margin:0}figure img{height:9rem;width:100%}figcaption{font-size:.8125rem}
img{background:#8882;object-fit:contain;vertical-align:middle}.files img,.table img{height:4rem;margin-right:.75rem;width:4rem}
table{border-collapse:collapse}td,th{padding:.25rem .5rem;text-align:left}tr+tr{border-top:1px solid #8884}.table{margin:.25rem 0;max-height:24rem;overflow:auto}.table th{white-space:nowrap}
.files{margin-top:1rem;width:100%}.files th:first-child{width:100%}.files td+td,.files th+th{text-align:right;white-space:nowrap}
@media(max-width:32rem){.files td+td+td{white-space:pre}.files img{display:block}}`;
