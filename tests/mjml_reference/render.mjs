// The official MJML: {name: source} as JSON on stdin, {name: HTML} on stdout.
import { text } from "node:stream/consumers";
import mjml2html from "mjml";

// Some components draw their ids by lot; here each document draws the same ones.
let lot;
Math.random = () => (lot = (lot * 16807) % 2147483647) / 2147483647;

const sources = JSON.parse(await text(process.stdin));
const documents = {};
for (const [name, source] of Object.entries(sources)) {
  lot = 1;
  // Again each time, because mj-font of one document would be written into the options of the next.
  const options = { fonts: {}, keepComments: true, validationLevel: "skip" };
  documents[name] = (await mjml2html(source, options)).html;
}
process.stdout.write(JSON.stringify(documents));
