'use strict';
(() => {
  const data = JSON.parse(document.getElementById('data').textContent);
  const picture = document.getElementById('picture');
  const NS = 'http://www.w3.org/2000/svg', WIDTH = 190, HEIGHT = 44, GAP_X = 70, GAP_Y = 14;

  const make = (name, attributes, parent) => {
    const element = document.createElementNS(NS, name);
    for (const key in attributes) element.setAttribute(key, attributes[key]);
    if (parent) parent.appendChild(element);
    return element;
  };
  const short = (text, most) => text.length > most ? text.slice(0, most - 1) + '…' : text;

  /* Draws nodes in columns: columns maps the number of a node to its column. */
  const draw = (columns, edges, hot, chosen, choose) => {
    const at = new Map(), rows = [];
    for (const [node, column] of columns) {
      const row = rows[column] = (rows[column] || 0) + 1;
      at.set(node, [column * (WIDTH + GAP_X) + 10, (row - 1) * (HEIGHT + GAP_Y) + 10]);
    }
    const height = Math.max(...Array.from(rows, row => row || 0)) * (HEIGHT + GAP_Y) + 20;
    const svg = make('svg', {width: rows.length * (WIDTH + GAP_X), height, role: 'img', 'aria-label': 'picture of the graph'});
    const marker = make('marker', {id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7,
      orient: 'auto'}, make('defs', {}, svg));
    make('path', {d: 'M0 0 8 4 0 8z', fill: 'currentColor'}, marker);
    for (const number of edges) {
      const [from, to, type, cost, verdict, message, place] = data.edges[number];
      const [x1, y1] = at.get(from), [x2, y2] = at.get(to);
      const back = x2 <= x1, sx = x1 + WIDTH, sy = y1 + HEIGHT / 2, ex = x2, ey = y2 + HEIGHT / 2, bend = back ? 90 : GAP_X / 2;
      const path = make('path', {d: `M${sx} ${sy}C${sx + bend} ${sy} ${ex - bend} ${ey} ${ex} ${ey}`, 'marker-end': 'url(#arrow)',
        class: 'edge' + (hot.has(number) ? ' hot' : '') + (verdict === 1 ? ' perhaps' : verdict === 2 ? ' denied' : '')}, svg);
      make('title', {}, path).textContent = `${type} (${cost}): ${message}${place ? '\n' + place : ''}`;
    }
    for (const [node, [x, y]] of at) {
      const [id, words, kind, hub] = data.nodes[node];
      const group = make('g', {tabindex: 0, class: hub ? 'hub' : '', role: 'button', 'aria-label': words}, svg);
      make('rect', {x, y, width: WIDTH, height: HEIGHT, rx: 6, class: 'box' + (node === chosen ? ' hot' : '')}, group);
      make('text', {x: x + 8, y: y + 17, 'font-weight': 600}, group).textContent = kind;
      make('text', {x: x + 8, y: y + 34}, group).textContent = short(id.replace(/^[^/]*\//, ''), 29);
      make('title', {}, group).textContent = words;
      group.addEventListener('click', () => choose(node));
      group.addEventListener('keydown', event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); choose(node); } });
    }
    picture.replaceChildren(svg);
  };

  /* --- ways --- */
  const ways = [...document.querySelectorAll('details.way')];
  const drawWays = current => {
    const columns = new Map(), edges = new Set(data.ways.flat());
    for (const way of data.ways) {
      way.forEach((number, index) => {
        const [from, to] = data.edges[number];
        if (!columns.has(from)) columns.set(from, index);
        columns.set(to, Math.max(columns.get(to) || 0, columns.get(from) + 1));
      });
    }
    draw(columns, edges, new Set(data.ways[current]), -1, node => {
      const found = data.ways.findIndex(way => way.some(number => data.edges[number][1] === node));
      if (found >= 0) open(found);
    });
  };
  const open = index => {
    ways.forEach((way, at) => { way.open = at === index; });
    ways[index].querySelector('summary').focus();
    drawWays(index);
  };
  if (data.ways.length) {
    drawWays(0);
    ways.forEach((way, index) => way.addEventListener('toggle', () => { if (way.open) drawWays(index); }));
    document.addEventListener('keydown', event => {
      const step = {ArrowDown: 1, j: 1, ArrowUp: -1, k: -1}[event.key];
      if (!step || event.target.closest('svg, input')) return;
      const current = ways.findIndex(way => way.open), next = Math.min(Math.max(current + step, 0), ways.length - 1);
      event.preventDefault();
      open(next);
    });
  }

  /* --- the whole graph: what leads to a node, and where it leads --- */
  const find = document.getElementById('find'), found = document.getElementById('found');
  if (!find) return;
  const MOST = 40;
  const show = node => {
    const columns = new Map([[node, 1]]), edges = [];
    data.edges.forEach(([from, to], number) => {
      if (from !== node && to !== node || edges.length >= 2 * MOST) return;
      edges.push(number);
      if (to === node && !columns.has(from)) columns.set(from, 0);
      if (from === node && !columns.has(to)) columns.set(to, 2);
    });
    draw(columns, edges, new Set(), node, show);
    location.replace('#' + encodeURIComponent(data.nodes[node][0]));
  };
  const list = () => {
    const words = find.value.toLowerCase();
    const matches = data.nodes.map((node, index) => [node, index]).filter(([node]) => node[0].toLowerCase().includes(words));
    found.replaceChildren(...matches.slice(0, MOST).map(([node, index]) => {
      const item = document.createElement('li'), button = document.createElement('button');
      button.textContent = node[1];
      button.addEventListener('click', () => show(index));
      item.append(button);
      return item;
    }));
  };
  find.addEventListener('input', list);
  list();
  const asked = decodeURIComponent(location.hash.slice(1));
  const start = data.nodes.findIndex(node => node[0] === (asked || 'internet'));
  if (start >= 0) show(start);
})();
