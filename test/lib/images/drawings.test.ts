/** SVG: what editors write comes out as the same drawing, what could act, reach out or grow does not come out at all. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUnfit } from '../../../src/lib/images/cleaned.ts';
import { cleanSvg } from '../../../src/lib/images/svg.ts';

const NS = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"';
const draw = (inner: string, attributes = ''): string => `<svg ${NS} viewBox="0 0 10 10"${attributes}>${inner}</svg>`;

function taken(text: string): string {
  const file = cleanSvg(Buffer.from(text));
  assert.ok(!isUnfit(file), isUnfit(file) ? `${file.unfit} ${text.slice(0, 200)}` : '');
  return file.content.toString();
}

const ACTS: Readonly<Record<string, string>> = {
  script: draw('<script>alert(1)</script>'),
  'script from elsewhere': draw('<script href="https://evil.example/x.js"/>'),
  'script in a group': draw('<g><g><script>alert(1)</script></g></g>'),
  'script with a prefix of the same namespace': `<x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script>alert(1)</x:script></x:svg>`,
  'script of HTML': draw('<script xmlns="http://www.w3.org/1999/xhtml">alert(1)</script>'),
  'capital script': draw('<SCRIPT>alert(1)</SCRIPT>'),
  'event on the root': draw('', ' onload="alert(1)"'),
  'event on a shape': draw('<rect onclick="alert(1)"/>'),
  'event in capitals': draw('<rect ONCLICK="alert(1)"/>'),
  'event behind a line break': draw('<rect\nonmouseover\n=\n"alert(1)"/>'),
  'event of an animation': draw('<animate onbegin="alert(1)" attributeName="x" dur="1s"/>'),
  'animated address': draw('<a><set attributeName="href" to="javascript:alert(1)"/></a>'),
  'animated values': draw('<rect><animate attributeName="href" values="javascript:alert(1)"/></rect>'),
  'foreign object': draw(
    '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x"/></body></foreignObject>',
  ),
  'frame of HTML': draw('<iframe src="javascript:alert(1)"/>'),
  'embedded object': draw('<embed src="x.swf"/>'),
  'body of HTML': draw('<body onload="alert(1)"/>'),
  'handler element': draw('<handler type="text/javascript">alert(1)</handler>'),
  'listener element': draw('<listener event="load" handler="#x"/>'),
  'link that runs': draw('<a href="javascript:alert(1)"><rect/></a>'),
  'link out': draw('<a xlink:href="https://evil.example"><rect/></a>'),
  'use from elsewhere': draw('<use href="https://evil.example/x.svg#a"/>'),
  'use of data': draw('<use xlink:href="data:image/svg+xml;base64,PHN2Zz4=#x"/>'),
  'use that runs': draw('<use href="javascript:alert(1)"/>'),
  'use with a coded address': draw('<use href="&#x6a;avascript:alert(1)"/>'),
  'use of a file beside it': draw('<use href="other.svg#a"/>'),
  'picture from elsewhere': draw('<image href="https://evil.example/pixel.png"/>'),
  'picture in data': draw('<image xlink:href="data:image/svg+xml,%3Csvg%3E"/>'),
  'picture in a filter': draw('<filter id="f"><feImage href="https://evil.example/x"/></filter>'),
  'address on a shape': draw('<rect href="#x"/>'),
  'fill from elsewhere': draw('<rect fill="url(https://evil.example/x.svg#p)"/>'),
  'fill with two addresses': draw('<rect fill="url(#a) url(https://evil.example)"/>'),
  'fill in quotes': draw('<rect fill="url(&quot;https://evil.example&quot;)"/>'),
  'mask from elsewhere': draw('<rect mask="url(//evil.example/m#m)"/>'),
  'clip from elsewhere': draw('<rect clip-path="url(x.svg#c)"/>'),
  'cursor from elsewhere': draw('<rect cursor="url(https://evil.example/c.cur)"/>'),
  'filter from elsewhere': draw('<rect filter="url(https://evil.example/f#f)"/>'),
  'marker from elsewhere': draw('<path marker-start="url(https://evil.example/m#m)" d="M0 0"/>'),
  'style sheet': draw('<style>@import "https://evil.example/x.css";</style>'),
  'style with an address': draw('<rect style="fill:url(https://evil.example)"/>'),
  'style with a background': draw('<rect style="background:url(https://evil.example)"/>'),
  'style that runs': draw('<rect style="behavior:url(x.htc)"/>'),
  'style with an escape': draw('<rect style="fill:u\\72l(https://evil.example)"/>'),
  'style with an expression': draw('<rect style="width:expression(alert(1))"/>'),
  'style with a variable': draw('<rect style="--x:url(https://evil.example);fill:var(--x)"/>'),
  'style by instruction': `<?xml-stylesheet href="https://evil.example/x.css"?>${draw('')}`,
  'instruction inside': draw('<?php system("id") ?>'),
  'text over the page': draw('<text>Send money to DE00 1234</text>'),
  'bare text': draw('<g>Call 0800 EVIL</g>'),
  'nested drawing': draw('<svg onload="alert(1)"/>'),
  switch: draw('<switch><rect/></switch>'),
  sound: draw('<audio src="https://evil.example/a.mp3" autoplay="autoplay"/>'),
  'unknown attribute': draw('<rect formaction="https://evil.example"/>'),
  'very long name': draw(`<${'a'.repeat(5000)}/>`),
};

const IS_NO_XML: Readonly<Record<string, string>> = {
  'document type': `<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">${draw('')}`,
  'entity of a file': `<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>${draw('<g>&x;</g>')}`,
  'a billion laughs': `<!DOCTYPE svg [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>${draw('<g>&b;</g>')}`,
  'unknown entity': draw('<rect fill="&nbsp;"/>'),
  'entity without an end': draw('<rect fill="&amp"/>'),
  'number of no character': draw('<rect fill="&#0;"/>'),
  'number beyond Unicode': draw('<rect fill="&#x110000;"/>'),
  'half a surrogate by number': draw('<rect fill="&#xD800;"/>'),
  CDATA: draw('<![CDATA[<script>alert(1)</script>]]>'),
  'comment without an end': draw('<!-- '),
  'comment in a comment': draw('<!-- -- --><rect/>'),
  'attribute without quotes': draw('<rect fill=red/>'),
  'attribute without a value': draw('<rect hidden/>'),
  'attribute twice': draw('<rect fill="red" fill="url(https://evil.example)"/>'),
  'attributes without a space': draw('<rect fill="red"stroke="red"/>'),
  'angle bracket in a value': draw('<rect id="<script>"/>'),
  'slash for a space': draw('<rect/onload="alert(1)"/>'),
  'closed in the wrong order': draw('<g><rect></g></rect>'),
  'never closed': `<svg ${NS}><g>`,
  'closed twice': `${draw('')}</svg>`,
  'two roots': draw('') + draw(''),
  'text behind': `${draw('')}<script>alert(1)</script>`,
  'control character': draw('<rect id="a\u0001b"/>'),
  'zero character': draw('<re\0ct/>'),
  'another encoding': `<?xml version="1.0" encoding="UTF-16"?>${draw('')}`,
  'UTF-7': `<?xml version="1.0" encoding="UTF-7"?>+ADw-svg+AD4-`,
  'wrong namespace': '<svg xmlns="http://www.w3.org/1999/xhtml" viewBox="0 0 1 1"/>',
  'no namespace': '<svg viewBox="0 0 1 1"/>',
  'namespace changed inside': draw('<g xmlns="http://www.w3.org/1999/xhtml"><rect/></g>'),
  HTML: '<!doctype html><svg></svg>',
  'no size': `<svg ${NS}><rect/></svg>`,
  'a size in percent alone': `<svg ${NS} width="100%" height="100%"/>`,
  'a view box without size': `<svg ${NS} viewBox="0 0 0 0" width="5" height="5"/>`,
  'too deep': draw('<g>'.repeat(60) + '</g>'.repeat(60)),
  'too many elements': draw('<g/>'.repeat(6000)),
};

test('what could run, reach out or say something in a drawing is refused with a reason', () => {
  assert.ok(Object.keys(ACTS).length + Object.keys(IS_NO_XML).length >= 80);
  for (const [name, text] of Object.entries({ ...ACTS, ...IS_NO_XML })) {
    const file = cleanSvg(Buffer.from(text));
    assert.ok(isUnfit(file), `${name} was taken: ${isUnfit(file) ? '' : file.content}`);
    assert.ok(file.unfit.length < 200 && !/alert|evil/.test(file.unfit), `${name}: ${file.unfit}`);
  }
  for (const bytes of [
    Buffer.from(draw(''), 'utf16le'),
    Buffer.from([0xff, 0xfe, 0x3c]),
    Buffer.from(`${draw('')}\xff`, 'latin1'),
  ])
    assert.ok(isUnfit(cleanSvg(bytes)));
});

test('a drawing that uses its own parts until millions are drawn, or in a circle, is refused', () => {
  const doubling = (reference: (id: number) => string): string =>
    draw(Array.from({ length: 40 }, (_, id) => (id === 0 ? '<rect id="l0"/>' : reference(id))).join(''));
  const refused = {
    uses: doubling((id) => `<g id="l${id}"><use href="#l${id - 1}"/><use xlink:href="#l${id - 1}"/></g>`),
    masks: doubling((id) => `<mask id="l${id}"><g mask="url(#l${id - 1})"/><g mask="url(#l${id - 1})"/></mask>`),
    clips: doubling(
      (id) =>
        `<clipPath id="l${id}"><g clip-path="url(#l${id - 1})"/><g style="clip-path:url(#l${id - 1})"/></clipPath>`,
    ),
    itself: draw('<g id="a"><use href="#a"/></g>'),
    'a circle of two': draw('<g id="a"><use href="#b"/></g><g id="b"><use href="#a"/></g>'),
    'an id twice': draw('<g id="a"/><g id="a"/>'),
    'gradients in a circle': draw('<linearGradient id="a" href="#b"/><linearGradient id="b" href="#a"/>'),
  };
  for (const [name, text] of Object.entries(refused)) assert.ok(isUnfit(cleanSvg(Buffer.from(text))), name);
  taken(draw('<defs><rect id="a"/></defs>' + '<use href="#a"/>'.repeat(200)));
});

test('what drawing programs write is taken: notes go, inline styles become attributes, the drawing stays', () => {
  const inkscape = `<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!-- Created with a drawing program -->
<svg width="40mm" height="20mm" viewBox="0 0 40 20" version="1.1" id="svg5" ${NS}
  xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:version="1.2" xml:space="preserve">
  <sodipodi:namedview xmlns:sodipodi="x" id="n"/>
  <title>Karoo &amp; Sons</title>
  <defs id="defs2"><linearGradient id="a"><stop offset="0" style="stop-color:#7a3e1d;stop-opacity:1"/></linearGradient>
    <radialGradient xlink:href="#a" id="b" cx="3" cy="4" r="9.5" gradientTransform="matrix(1,0,0,.5,0,-2e-3)" gradientUnits="userSpaceOnUse"/></defs>
  <g inkscape:label="Layer 1" class="cls-1" transform="translate(-3.2 1)">
    <path style="fill:url(#b);stroke:none;stroke-width:.26;-inkscape-stroke:none" d="m 1,2 c .5-3 4,4e-1 5,6 z" data-name="bean" aria-hidden="true"/>
    <use xlink:href="#dot" x="3"/><circle id="dot" cx="1" cy="1" r="1" fill="rgba(10%, 20, 30, .5)"/>
  </g>
</svg>
`;
  assert.equal(
    taken(inkscape),
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20" viewBox="0 0 40 20" id="svg5">' +
      '<defs id="defs2"><linearGradient id="a"><stop offset="0" stop-color="#7a3e1d" stop-opacity="1"/></linearGradient>' +
      '<radialGradient href="#a" id="b" cx="3" cy="4" r="9.5" gradientTransform="matrix(1,0,0,.5,0,-2e-3)" gradientUnits="userSpaceOnUse"/></defs>' +
      '<g transform="translate(-3.2 1)">' +
      '<path d="m 1,2 c .5-3 4,4e-1 5,6 z" fill="url(#b)" stroke="none" stroke-width=".26"/>' +
      '<use href="#dot" x="3"/><circle id="dot" cx="1" cy="1" r="1" fill="rgba(10%, 20, 30, .5)"/></g></svg>',
  );
});

test('reading a hostile text takes time in line with its length', () => {
  const long = 30_000;
  const hostile = [
    `<svg ${NS} ${' '.repeat(long)}`,
    draw(`<path d="${'1.5'.repeat(long / 3)}!"/>`),
    draw(`<path stroke-dasharray="${'1.5,'.repeat(long / 4)}!"/>`),
    draw(`<g transform="${'scale(1) '.repeat(long / 9)}!"/>`),
    draw(`<rect style="${'fill:red;'.repeat(long / 9)}!"/>`),
    draw(`<rect fill="${'a'.repeat(long)}"/>`),
    `<!--${'-'.repeat(long)}`,
    `<?xml ${'version="1.0" '.repeat(long / 14)}`,
    draw('<a '.repeat(long / 3)),
    draw(`<g>${'&'.repeat(long)}</g>`),
    draw(`<g>${'&amp;'.repeat(long / 5)}</g>`),
  ];
  const started = process.hrtime.bigint();
  for (const text of hostile) assert.ok(isUnfit(cleanSvg(Buffer.from(text))));
  const tookMs = Number(process.hrtime.bigint() - started) / 1e6;
  assert.ok(tookMs < 2_000, `${tookMs} ms for ${hostile.length} files of 30 KB`);
});

test('every cut of a drawing is refused, and what comes out is taken again unchanged', () => {
  const text = taken(draw('<g fill="#abc"><path d="M0 0h1"/></g><rect id="a" width="3.5"/>'));
  for (let length = 0; length < text.length; length++) {
    assert.ok(isUnfit(cleanSvg(Buffer.from(text.slice(0, length)))), text.slice(0, length));
  }
  assert.equal(taken(text), text);
});
