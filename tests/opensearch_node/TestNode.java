import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.opensearch.cluster.service.ClusterService;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;

/**
 * One OpenSearch server in this JVM: java TestNode HOME [setting=value ...], with more plug-ins named by -Dplugins=class,class.
 * It listens on a free port (HOME/logs/http.ports) for as long as standard input is open.
 */
public class TestNode {
    static final String[] MODULES = {
        "org.opensearch.transport.Netty4Plugin", "org.opensearch.painless.PainlessPlugin",
        "org.opensearch.script.expression.ExpressionPlugin", "org.opensearch.script.mustache.MustachePlugin",
        "org.opensearch.analysis.common.CommonAnalysisPlugin", "org.opensearch.index.reindex.ReindexPlugin",
        "org.opensearch.ingest.common.IngestCommonPlugin", "org.opensearch.search.aggregations.matrix.MatrixAggregationPlugin",
        "org.opensearch.index.mapper.MapperExtrasPlugin", "org.opensearch.geo.GeoModulePlugin",
        "org.opensearch.join.ParentJoinPlugin", "org.opensearch.percolator.PercolatorPlugin",
        "org.opensearch.index.rankeval.RankEvalPlugin"};

    /** A node with plug-ins from the class path, which the server itself loads from folders only. */
    static final class ClassPathNode extends Node {
        ClassPathNode(Environment environment, Collection<Class<? extends Plugin>> plugins) {
            super(environment, plugins, true);
        }

        @Override
        protected void configureNodeAndClusterIdStateListener(ClusterService clusterService) {}  // only for the server's own log
    }

    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]).toAbsolutePath();
        for (String name : new String[] {"config", "data", "logs", "modules", "plugins", "extensions"}) {
            Files.createDirectories(home.resolve(name));
        }
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings(home, arguments), Map.of(), home.resolve("config"), () -> "test-node");
        Node node = new ClassPathNode(environment, plugins());
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(node)));
        node.start();
        while (System.in.read() >= 0) {}
        System.exit(0);
    }

    static Settings settings(Path home, String[] arguments) {
        Settings.Builder settings = Settings.builder()
            .put("path.home", home.toString())
            .put("path.data", home.resolve("data").toString())
            .put("path.logs", home.resolve("logs").toString())
            .put("cluster.name", "tests")
            .put("node.name", "test-node")
            .putList("node.roles", "cluster_manager", "data", "ingest")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("node.portsfile", true)
            .put("discovery.type", "single-node")
            .put("cluster.max_shards_per_node", 5000)
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .put("indices.breaker.total.use_real_memory", false);
        for (int i = 1; i < arguments.length; i++) {
            String[] pair = arguments[i].split("=", 2);
            settings.put(pair[0], pair[1]);
        }
        return settings.build();
    }

    static List<Class<? extends Plugin>> plugins() throws ClassNotFoundException {
        List<Class<? extends Plugin>> found = new ArrayList<>();
        for (String name : System.getProperty("plugins", "").split(",")) {
            if (!name.isEmpty()) found.add(Class.forName(name).asSubclass(Plugin.class));
        }
        for (String name : MODULES) found.add(Class.forName(name).asSubclass(Plugin.class));
        return found;
    }

    static void close(Node node) {
        try {
            node.close();
        } catch (IOException error) {
            error.printStackTrace();
        }
    }
}
