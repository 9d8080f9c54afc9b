// Microsoft's own client for Node.js with the same files: arguments are the endpoint, a token, how
// many files at a time, and a file that lists them. Prints what it used as one JSON object.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const from = createRequire(process.env.BENCH_MODULES + "/");
const { KustoConnectionStringBuilder } = from("azure-kusto-data");
const { FileDescriptor, IngestClient, IngestionProperties, ReportLevel } = from("azure-kusto-ingest");

const [endpoint, token, lanes, list] = process.argv.slice(2);
const files = readFileSync(list, "utf8").split("\n").filter(Boolean);
const properties = new IngestionProperties({
    database: "Demo", table: "Web", format: "json", reportLevel: ReportLevel.FailuresAndSuccesses,
});
const connection = KustoConnectionStringBuilder.withAccessToken(endpoint, token);
const client = new IngestClient(connection, properties, false);
const began = performance.now();
const used = process.cpuUsage();
let next = 0;
const lane = async () => {
    while (next < files.length) await client.ingestFromFile(new FileDescriptor(files[next++]), properties);
};
await Promise.all(Array.from({ length: Number(lanes) }, lane));
const cpu = process.cpuUsage(used);
console.log(JSON.stringify({
    seconds: (performance.now() - began) / 1000,
    cpu: (cpu.user + cpu.system) / 1e6,
    memory: process.resourceUsage().maxRSS * 1024,
}));
client.close();
