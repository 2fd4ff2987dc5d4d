// The front-end build: two programs, one stylesheet and the fonts, from static and node_modules into .build/static.
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const target = join(root, ".build", "static");
const fresh = join(root, ".build", "static.new");

const fonts = {
  "@fontsource-variable/inter": /-wght-(normal|italic)\.woff2$/,
  "@fontsource/jetbrains-mono": /-(400|600|700)-(normal|italic)\.woff2$/,
  "@fontsource/noto-color-emoji": /\.woff2$/,
};

function copyFonts() {
  const folder = join(fresh, "fonts");
  mkdirSync(folder, { recursive: true });
  for (const [name, wanted] of Object.entries(fonts)) {
    const files = join(root, "node_modules", name, "files");
    for (const file of readdirSync(files).filter((file) => wanted.test(file))) copyFileSync(join(files, file), join(folder, file));
  }
}

function refuseMissingFonts() {
  const css = readFileSync(join(root, "static", "css", "fonts.css"), "utf8");
  const missing = [...css.matchAll(/\.\.\/fonts\/([^"')]+)/g)].map((match) => match[1]).filter((file) => !existsSync(join(fresh, "fonts", file)));
  if (missing.length) throw new Error(`static/css/fonts.css asks for fonts that no package holds: ${missing.join(", ")}`);
}

rmSync(fresh, { recursive: true, force: true });
await build({
  absWorkingDir: root,
  entryPoints: [
    { in: "static/js/app.js", out: "app" },
    { in: "static/js/editor/index.js", out: "editor" },
    { in: "static/css/app.css", out: "app" },
  ],
  external: ["../fonts/*"],
  outdir: join(fresh, "dist"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  logLevel: "warning",
});
copyFonts();
refuseMissingFonts();
// The finished folder takes the old one's place at the very end: a build that was stopped leaves the old one whole.
rmSync(target, { recursive: true, force: true });
renameSync(fresh, target);
