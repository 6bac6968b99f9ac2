/// Who may import whom: the layers of docs/architecture.md as data. A target that is not here cannot be added.
struct Box {
  let name: String
  /// 0 bottom, 1 base, 2 platform, 3 domain, 4 edges, 5 executable.
  let layer: Int
  /// Targets of this package, in this layer or below.
  let targets: Set<String>
  /// Modules of the toolchain and of other packages. A name that ends in `*` stands for all that begin so.
  let others: Set<String>

  init(_ name: String, _ layer: Int, _ targets: Set<String>, _ others: Set<String>...) {
    self.name = name
    self.layer = layer
    self.targets = targets
    self.others = others.reduce(into: ["Synchronization"]) { $0.formUnion($1) }
  }

  func mayImport(_ module: String) -> Bool {
    targets.contains(module) || others.contains(module) || others.contains { $0.hasSuffix("*") && module.hasPrefix($0.dropLast()) }
  }
}

enum ImportTable {
  private static let foundation: Set = ["Foundation", "FoundationEssentials"]
  private static let logging: Set = ["Logging"]
  private static let metrics: Set = ["Metrics", "CoreMetrics"]
  private static let collections: Set = ["Collections", "DequeModule", "OrderedCollections", "HeapModule", "AsyncAlgorithms", "Atomics"]
  private static let service: Set = ["ServiceLifecycle"]
  private static let http: Set = ["NIO*", "Hummingbird*", "HTTPTypes"]
  /// The machine's own calls: only where a C library is called anyway, and where the parts are connected.
  private static let libc: Set = ["Glibc", "Darwin"]

  private static let platform: Set = ["Kernel", "Postgres", "Tenancy", "Operations"]
  private static let readers: Set = ["Desk", "Contracts", "ServiceLevels", "Scorecard", "Operations", "Tenancy", "Kernel"]

  static let boxes: [Box] = [
    // bottom
    Box("Kernel", 0, [], libc),
    Box("CLibPQ", 0, []),
    Box("COpenSSL", 0, []),
    // base
    Box("Postgres", 1, ["Kernel", "CLibPQ"], libc, foundation, logging, metrics, collections, service),
    Box("TLS", 1, ["Kernel", "OperatingSystem", "COpenSSL"], libc, foundation, logging, ["NIO*"]),
    Box("OperatingSystem", 1, ["Kernel"], libc),
    Box("EmbeddedPostgres", 1, ["Kernel", "OperatingSystem"], libc, logging, ["Subprocess", "SystemPackage"]),
    // platform
    Box("Schema", 2, ["Kernel", "Postgres", "TLS"], foundation, logging),
    Box("Tenancy", 2, ["Kernel", "Postgres", "TLS"], foundation, logging, metrics, collections),
    Box("Jobs", 2, ["Kernel", "Postgres", "Tenancy", "ServiceTime"], foundation, logging, metrics, collections, service),
    Box("Operations", 2, ["Kernel", "Postgres", "TLS", "Tenancy", "Jobs"], foundation, logging, metrics, collections),
    // Implements what Operations asks for: a folder, or one day something else.
    Box("FileStorage", 2, ["Kernel", "OperatingSystem", "TLS", "Operations"], libc, ["NIO*"]),
    // Pure: no I/O, no clock. Foundation for the time zone database alone.
    Box("ServiceTime", 2, ["Kernel"], foundation),
    Box("BillingEngine", 2, ["Kernel"]),
    Box("Documents", 2, []),
    // What may stand in a field that somebody defined: pure.
    Box("TypedFields", 2, ["Kernel"]),
    // domain
    Box("Catalog", 3, platform.union(["ServiceTime", "Documents", "TypedFields", "Jobs"])),
    // Who is asked to agree, and who may: what requests, changes and gates have in common.
    Box("Approvals", 3, platform),
    // Stands on tickets, to which it is linked.
    Box(
      "Requests", 3,
      platform.union(["Catalog", "Approvals", "Attributes", "Gates", "Knowledge", "Desk", "Contracts", "ServiceLevels", "Jobs"])),
    // What the terms of any contract come to, a customer's and a supplier's.
    Box("Renewals", 3, ["Kernel", "Postgres", "Operations", "ServiceTime"]),
    Box("Contracts", 3, platform.union(["Catalog", "ServiceTime", "BillingEngine", "Renewals", "Suppliers", "Jobs"]), foundation, logging, collections),
    Box("ServiceLevels", 3, platform.union(["Contracts", "ServiceTime", "Jobs"]), foundation, logging, collections),
    Box(
      "Desk", 3, platform.union(["Attributes", "Gates", "ServiceLevels", "Contracts", "ServiceTime", "Suppliers", "Assets", "Knowledge", "Jobs"]), foundation,
      logging,
      collections),
    // What somebody wants to know besides: below all that have some.
    Box("Attributes", 3, platform.union(["TypedFields"])),
    // Asked by who takes a step: below all that have steps.
    Box("Gates", 3, platform.union(["Approvals", "Attributes", "Jobs"])),
    // Stands on tickets, articles and what tickets name, and on requests, to which it is linked.
    Box("Problems", 3, platform.union(["Attributes", "Desk", "Requests", "Assets", "Gates", "Knowledge", "Jobs"])),
    // Stands on tickets and the CMDB.
    Box("MajorIncidents", 3, platform.union(["Attributes", "Gates", "Desk", "Assets", "Knowledge", "Jobs"])),
    // Stands on what it alters, on what it is to resolve, and on approvals.
    Box(
      "Changes", 3, platform.union(["Catalog", "Approvals", "Attributes", "Gates", "Knowledge", "Requests", "Assets", "Desk", "Problems", "Jobs"])),
    // Finds tickets of all kinds.
    Box("Search", 3, platform.union(["Knowledge", "Requests", "Desk", "Problems", "Changes", "MajorIncidents", "Jobs"])),
    Box("Scorecard", 3, platform.union(["ServiceLevels", "Contracts", "BillingEngine", "Jobs"]), foundation, logging, collections),
    // Names the figures of scorecards; codes and priorities it reads by the views of the desk.
    Box("Handbooks", 3, platform.union(["Documents", "Catalog", "Contracts", "Scorecard", "Jobs"])),
    Box("Assets", 3, platform.union(["TypedFields", "Jobs"]), foundation),
    Box("Knowledge", 3, platform.union(["Jobs"]), foundation),
    Box("Suppliers", 3, platform.union(["ServiceTime", "BillingEngine", "Renewals", "Jobs"])),
    Box("Measurements", 3, platform.union(["ServiceTime", "BillingEngine", "Contracts", "Suppliers"])),
    Box("Credits", 3, platform.union(["ServiceTime", "BillingEngine", "Contracts", "Suppliers"])),
    Box("Assurance", 3, platform.union(["ServiceTime", "BillingEngine", "Contracts", "Renewals", "Desk", "Jobs"])),
    Box("Events", 3, platform.union(["TLS", "Desk", "Assets", "Jobs"])),
    // Stands on tickets of all kinds; knows files by the protocol of Operations alone.
    Box("Attachments", 3, platform.union(["Desk", "Requests", "Problems", "Changes", "MajorIncidents", "Jobs"]), logging),
    // Stands on what the desk tells.
    Box("Escalations", 3, platform.union(["ServiceTime", "Contracts", "ServiceLevels", "Desk", "Jobs"])),
    Box(
      "Notifications", 3,
      platform.union([
        "ServiceTime", "Contracts", "Renewals", "ServiceLevels", "Suppliers", "Gates", "Desk", "Escalations", "Assurance", "Jobs", "Approvals",
        "Assets", "Knowledge", "Handbooks", "Requests", "Problems", "Changes", "MajorIncidents", "Events",
      ])),
    // Tells what changed: on tickets of all kinds and inboxes.
    Box("Live", 3, platform.union(["TLS", "Requests", "Desk", "Problems", "Changes", "MajorIncidents", "Notifications"]), logging),
    Box("TimeEntries", 3, platform.union(["ServiceTime", "Contracts", "Jobs"])),
    // Reads tickets, clocks and credits: above them all.
    Box("Backtest", 3, platform.union(["ServiceTime", "BillingEngine", "Contracts", "ServiceLevels", "Desk", "Credits"])),
    // edges
    Box("Web", 4, ["Kernel", "Operations", "TLS"], foundation, logging, metrics, collections, service, http),
    Box("HTTPAPI", 4, ["Kernel", "Operations", "Tenancy", "TLS", "Web", "Live"], foundation, logging, metrics, collections, service, http),
    Box("AdminProtocol", 4, ["Kernel", "Operations", "OperatingSystem", "Tenancy", "TLS"], foundation, logging, collections, ["NIO*"]),
    Box("Importing", 4, readers.union(["Postgres", "TLS", "ServiceTime", "Problems"]), foundation, logging, ["Yams", "Subprocess", "SystemPackage"]),
    // The ways out: mail by a command, webhooks by TLS.
    Box("Outbound", 4, ["Kernel", "TLS", "Notifications"], libc, ["NIO*", "Subprocess", "SystemPackage"]),
    Box("ContractFiles", 4, ["Kernel", "Tenancy", "Operations", "ServiceTime", "Contracts", "Renewals"], foundation, ["Yams"]),
    Box("Demo", 4, ["Kernel", "Postgres", "TLS", "Tenancy", "Jobs", "Operations"], foundation, logging),
    // executable: it connects everything
    Box(
      "steward", 5,
      [
        "Kernel", "Postgres", "TLS", "OperatingSystem", "EmbeddedPostgres", "Schema", "Tenancy", "Jobs", "Operations", "ServiceTime", "Contracts",
        "Catalog", "ServiceLevels", "Desk", "Scorecard", "Suppliers", "Credits", "Measurements", "Backtest", "BillingEngine",
        "Assurance", "Assets", "Attributes", "TimeEntries", "Knowledge", "Requests", "Problems", "Changes", "Gates", "Events", "Attachments", "FileStorage",
        "Notifications", "Escalations", "Handbooks", "MajorIncidents", "Search", "Web", "HTTPAPI",
        "AdminProtocol", "Importing", "ContractFiles", "Outbound", "Demo",
      ], libc, foundation, logging, metrics, collections, service, http, ["Yams", "ArgumentParser", "UnixSignals", "Configuration"]),
    // Measures; not shipped.
    Box(
      "steward-bench", 5, ["Kernel", "Postgres", "TLS", "Tenancy", "ServiceTime", "ServiceLevels", "Scorecard", "Contracts", "Operations", "Backtest", "Jobs"],
      foundation, logging, ["ArgumentParser"]),
    // What tests share: anything up to the platform.
    Box(
      "TestSupport", 2,
      ["Kernel", "Postgres", "TLS", "OperatingSystem", "EmbeddedPostgres", "Schema", "Tenancy", "Jobs", "Operations", "ServiceTime"], libc, foundation,
      logging, metrics, collections, ["NIO*", "Testing"]),
  ]

  static let byName = Dictionary(uniqueKeysWithValues: boxes.map { ($0.name, $0) })

  /// What is wrong with the table itself: an import upwards, of an unknown target, or in a circle.
  static func defects(in boxes: [Box]) -> [String] {
    let byName = Dictionary(boxes.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    var defects = boxes.count == byName.count ? [] : ["a target is listed twice"]
    for box in boxes {
      for target in box.targets.sorted() {
        guard let imported = byName[target] else {
          defects.append("\(box.name) may import \(target), which is not in the table")
          continue
        }
        if imported.layer > box.layer { defects.append("\(box.name) may import upwards: \(target)") }
      }
      var reached: Set<String> = []
      var open = Array(box.targets)
      while let next = open.popLast() {
        if reached.insert(next).inserted { open += byName[next]?.targets ?? [] }
      }
      if reached.contains(box.name) { defects.append("\(box.name) reaches itself") }
    }
    return defects
  }
}
