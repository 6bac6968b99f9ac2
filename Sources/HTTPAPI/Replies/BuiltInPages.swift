import Kernel
import Live
import Operations
import Tenancy

/// The answers of the built-ins.
struct BuiltInPages: Sendable {
  /// What a token needs for `/metrics`, at the scope of all tenants.
  static let metricsPermission = "metrics.read"

  private let configuration: APIConfiguration
  private let dispatcher: Dispatcher
  private let responses: ResponseCounter
  private let live: LiveHub
  private let readiness: ReadinessCache
  /// Made once: the registry does not change while the server runs.
  private let documents: [Language: [UInt8]]

  init(
    _ configuration: APIConfiguration, dispatcher: Dispatcher, responses: ResponseCounter, live: LiveHub, readiness: @escaping @Sendable () async -> Readiness
  ) {
    self.configuration = configuration
    self.dispatcher = dispatcher
    self.responses = responses
    self.live = live
    self.readiness = ReadinessCache(readiness)
    documents = Dictionary(
      uniqueKeysWithValues: Language.allCases.map { ($0, JSON.write(OpenAPI.document(dispatcher.registry, $0))) })
  }

  func page(_ builtIn: BuiltIn, _ language: Language) async -> Reply {
    switch builtIn {
    case .liveness: return Reply(200, "application/json", JSON.write(.object(["status": .text("alive")])))
    case .readiness:
      let readiness = await readiness.readiness()
      var reply = Reply(readiness.isReady ? 200 : 503, "application/json", JSON.write(readiness.document))
      if !readiness.isReady { reply.headers[.retryAfter] = "5" }
      return reply
    case .openAPI:
      var reply = Reply(200, "application/vnd.oai.openapi+json;version=3.1", documents[language] ?? [])
      reply.headers[.contentLanguage] = language.rawValue
      return reply
    case .metrics: return await metrics()
    }
  }

  func metrics() async -> Reply {
    var page = PrometheusText()
    page.info("steward_build_info", "The version that runs.", [("version", configuration.version)])
    page.operations(dispatcher.metrics.snapshot)
    let answered = responses.snapshot
    page.counter(
      "steward_http_responses_total", "HTTP answers by status.",
      answered.byStatus.sorted { $0.key < $1.key }.map { ([("status", String($0.key))], Double($0.value)) })
    page.gauge("steward_http_requests_under_way", "HTTP requests under way, this one among them.", Double(answered.underWay))
    listeners(&page)
    for metric in await configuration.furtherMetrics() { page.add(metric) }
    await database(&page)
    process(&page)
    return Reply(200, "text/plain; version=0.0.4; charset=utf-8", Array(page.text.utf8))
  }

  private func listeners(_ page: inout PrometheusText) {
    let figures = live.figures
    page.gauge("steward_live_streams", "Streams of live updates.", Double(figures.streams))
    page.counter("steward_live_events_total", "Live updates told, one to each listener.", [([], Double(figures.events))])
    page.counter("steward_live_resets_total", "Listeners told to read all again.", [([], Double(figures.resets))])
    page.counter("steward_live_failed_looks_total", "Looks at what changed that the database did not answer.", [([], Double(figures.failedLooks))])
    page.counter(
      "steward_live_ends_total", "Streams that ended, by reason.",
      LiveEnd.allCases.map { ([("reason", $0.rawValue)], Double(figures.ends[$0] ?? 0)) })
  }

  private func database(_ page: inout PrometheusText) async {
    let health = await dispatcher.tenancy.health()
    let pool = health.statistics
    page.gauge("steward_database_up", "Whether the database answers.", health.isReachable ? 1 : 0)
    page.gauge("steward_database_connections_idle", "Pooled connections that nobody uses.", Double(pool.idle))
    page.gauge("steward_database_connections_leased", "Pooled connections in use.", Double(pool.leased))
    page.gauge("steward_database_connections_opening", "Pooled connections being made.", Double(pool.connecting))
    page.gauge("steward_database_waiting", "Callers that wait for a connection.", Double(pool.waiting))
    let counters: [(String, Int)] = [
      ("acquired", pool.counters.acquired), ("acquire_timeout", pool.counters.acquireTimeouts), ("opened", pool.counters.opened),
      ("connect_failure", pool.counters.connectFailures),
    ]
    page.counter(
      "steward_database_pool_events_total", "What the pool has done, by kind.", counters.map { ([("kind", $0.0)], Double($0.1)) })
  }

  private func process(_ page: inout PrometheusText) {
    let figures = ProcessFigures()
    let gauges = [
      ("process_resident_memory_bytes", "Resident memory.", figures.residentBytes),
      ("process_open_fds", "Open file descriptors.", figures.openFiles),
      ("process_max_fds", "Most file descriptors that may be open.", figures.fileLimit),
      ("process_start_time_seconds", "When the process began, in seconds since 1970.", figures.startedAtSeconds),
    ]
    for (name, help, value) in gauges { if let value { page.gauge(name, help, value) } }
  }
}
