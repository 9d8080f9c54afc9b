// Microsoft's own Kusto client for Node.js, as a customer uses it. Arguments: the endpoint, a token,
// the format, a mapping's name or "", and the files. Prints one source id a line, then the outcomes.
import { Client, KustoConnectionStringBuilder } from "azure-kusto-data";
import {
    FileDescriptor, IngestClient, IngestionProperties, IngestStatusQueues, ReportLevel,
} from "azure-kusto-ingest";

const [endpoint, token, format, mapping, ...files] = process.argv.slice(2);
const connection = () => KustoConnectionStringBuilder.withAccessToken(endpoint, token);
const properties = new IngestionProperties({
    database: "Demo",
    table: "Web",
    format,
    reportLevel: ReportLevel.FailuresAndSuccesses,
    ...(mapping ? { ingestionMappingReference: mapping } : {}),
    ...JSON.parse(process.env.KUSTO_PROPERTIES ?? "{}"),
});

const client = new IngestClient(connection(), properties, false);
for (const file of files) {
    const described = new FileDescriptor(file);
    await client.ingestFromFile(described, properties);
    console.log(`sent ${described.sourceId}`);
}
const status = new IngestStatusQueues(client);
let open = files.length;
while (open > 0) {
    const ended = [
        ...(await status.success.pop(10)).map((one) => `succeeded ${one.IngestionSourceId}`),
        ...(await status.failure.pop(10)).map((one) => `failed ${one.IngestionSourceId}`),
    ];
    ended.forEach((line) => console.log(line));
    open -= ended.length;
}
const query = new Client(connection());
const answer = await query.execute("Demo", "Web | count");
console.log(`rows ${[...answer.primaryResults[0].rows()][0].getValueAt(0)}`);
query.close();
client.close();
