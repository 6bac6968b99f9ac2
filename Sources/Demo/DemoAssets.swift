import Kernel

/// What a customer of the demonstration works with: at each site a link, a switch, a printer and a laptop; and in its computing room
/// two hosts with what runs on them.
struct DemoAssets {
  let teller: DemoTeller

  /// Relations by name: the left end, how it stands, the right end.
  private static let relations = [
    ("ERP", "runs_on", "app-01"), ("ERP", "depends_on", "erp-db"), ("erp-db", "runs_on", "db-01"), ("Mail", "runs_on", "app-01"),
    ("app-01", "part_of", "rack-01"), ("db-01", "part_of", "rack-01"),
  ]

  func make(_ customer: DemoCustomer, id: Value, line: Value) async throws {
    let central: [(name: String, type: String, tier: String)] = [
      ("rack-01", "network_device", "gold"), ("app-01", "server", "gold"), ("db-01", "server", "platinum"), ("erp-db", "database", "platinum"),
      ("ERP", "application", "platinum"), ("Mail", "application", "gold"),
    ]
    var lines = central.map { item in
      Value.object([
        "type": .text(item.type), "name": .text(item.name), "ciTier": .text(item.tier), "assetTag": .text("\(customer.code)-\(item.name)"),
        "unit": .text(customer.sites.first),
      ])
    }
    for (number, site) in customer.sites.enumerated() {
      for (name, type) in [("link", "site_link"), ("switch", "network_device"), ("printer", "printer"), ("laptop", "workstation")] {
        lines.append(
          .object([
            "type": .text(type), "name": .text("\(site) \(name)"), "assetTag": .text("\(customer.code)-\(number)-\(name)"), "unit": .text(site),
            "owner": .text("person1.site\(number)@\(customer.code.lowercased()).example"),
          ]))
      }
    }
    let report = try await teller.call("ci.import", ["customer": id, "match": "tag", "lines": .array(lines)])
    let ids = zip(lines, report["lines"]?.array ?? []).map { ($0["name"]?.text ?? "", $1["ci"] ?? .null) }
    var cis = Dictionary(ids.map { ($0, (id: $1, version: Int64(1))) }) { first, _ in first }
    for site in customer.sites { try await relate("\(site) switch", "connected_to", "\(site) link", &cis) }
    for (one, kind, other) in Self.relations { try await relate(one, kind, other, &cis) }
    for name in ["ERP", "Mail"] {
      guard let ci = cis[name] else { continue }
      try await teller.call("ci.cover", ["id": ci.id, "line": line], version: ci.version)
    }
  }

  private func relate(_ one: String, _ kind: String, _ other: String, _ cis: inout [String: (id: Value, version: Int64)]) async throws {
    guard let from = cis[one], let to = cis[other] else { return }
    let related = try await teller.call("ci.relate", ["id": from.id, "kind": .text(kind), "to": to.id], version: from.version)
    cis[one] = (from.id, related["version"]?.integer ?? from.version)
  }
}
