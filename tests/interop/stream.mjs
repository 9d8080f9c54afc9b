// Microsoft's own client that streams what it can and queues the rest. Arguments: the endpoint, a
// token, the format, a mapping's name or "", and the files. Prints what became of each file.
import { KustoConnectionStringBuilder } from "azure-kusto-data";
import {
    FileDescriptor, IngestionProperties, ManagedStreamingIngestClient, ReportLevel,
} from "azure-kusto-ingest";

const [endpoint, token, format, mapping, ...files] = process.argv.slice(2);
const connection = () => KustoConnectionStringBuilder.withAccessToken(endpoint, token);
const properties = new IngestionProperties({
    database: "Demo",
    table: "Web",
    format,
    reportLevel: ReportLevel.FailuresAndSuccesses,
    ...(mapping ? { ingestionMappingReference: mapping } : {}),
});

const client = new ManagedStreamingIngestClient(connection(), connection(), properties, false);
for (const file of files) {
    try {
        const answer = await client.ingestFromFile(new FileDescriptor(file), properties);
        // What was queued is answered with a receipt, what was streamed with a table.
        const table = answer.Tables?.[0];
        const columns = table?.Columns.map((one) => one.ColumnName).join(",");
        console.log(table ? `streamed ${columns}` : "queued");
    } catch (error) {
        console.log(`refused ${error.message}`);
    }
}
client.close();
