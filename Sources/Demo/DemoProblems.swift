import Kernel

/// What the provider of the demonstration found behind its tickets: a known error at several customers, and one that is being looked into.
struct DemoProblems {
  let teller: DemoTeller

  private static let mostCustomers = 3
  private static let mostIncidents = 5

  /// - Parameter articles: by the category of the tickets that they help with.
  func make(customers: [Value], articles: [String: Value]) async throws {
    guard let first = customers.first else { return }
    try await knownError(behind: "network/vpn", at: Array(customers.prefix(Self.mostCustomers)), article: articles["network/vpn"] ?? .null)
    let incidents = try await incidents(of: first, in: "application/erp")
    let opened = try await teller.call(
      "problem.open",
      [
        "customer": first, "title": "The order system is slow on Monday mornings", "description": "Searches take a minute between 8 and 10 o'clock.",
        "category": "application/erp", "impact": 2, "urgency": 2, "incidents": .array(incidents),
      ])
    try await act("investigate", on: opened)
  }

  private func knownError(behind category: String, at customers: [Value], article: Value) async throws {
    var problem = try await teller.call(
      "problem.open",
      [
        "title": "VPN drops when it is idle", "description": "The tunnel closes after some minutes without traffic.", "category": .text(category),
        "impact": 1, "urgency": 2,
      ])
    for customer in customers {
      for incident in try await incidents(of: customer, in: category) {
        try await teller.call("problem.link_incident", ["id": problem["id"] ?? .null, "incident": incident])
      }
    }
    problem = try await act("investigate", on: problem)
    problem = try await act(
      "record_cause", on: problem,
      [
        Value.Member("cause", "The firewall forgets idle connections sooner than the client expects."), Value.Member("causeCode", "configuration"),
      ])
    problem = try await act("record_workaround", on: problem, [Value.Member("workaround", "Install the new profile.")])
    problem = try await act("declare_known_error", on: problem)
    guard !article.isNull else { return }
    try await act("cite_known_error", on: problem, [Value.Member("article", article)])
  }

  @discardableResult
  private func act(_ verb: String, on problem: Value, _ more: [Value.Member] = []) async throws -> Value {
    try await teller.call("problem.\(verb)", [Value.Member("id", problem["id"] ?? .null)] + more, version: problem["version"]?.integer)
  }

  /// The newest incidents of a customer in a category.
  private func incidents(of customer: Value, in category: String) async throws -> [Value] {
    let page = try await teller.call("incident.list", ["customer": customer, "limit": 200])["items"]?.array ?? []
    return page.filter { $0["category"]?.text == category }.prefix(Self.mostIncidents).compactMap { $0["id"] }
  }
}
