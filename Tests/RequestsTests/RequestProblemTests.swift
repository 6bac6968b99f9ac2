import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

/// What problems are to requests.
@Suite struct RequestProblemTests {
  private struct Linked {
    let world: RequestsWorld
    let servesAcme: Principal
    let offering: Value

    init() async throws {
      world = try await RequestsWorld()
      servesAcme = try await world.database.staff(.engineer, for: [world.acme])
      offering = try await world.offering("LAPTOP", [:], soldTo: [world.acme, world.other])
    }

    func request(of customer: TenantEntry? = nil) async throws -> Value { try await world.submit(offering, of: customer) }

    /// A problem; about nobody in particular unless told otherwise.
    func problem(_ title: String, of customer: TenantEntry? = nil) async throws -> Value {
      try await world.call(
        "problem.open", ["customer": .id(customer?.publicId), "title": .text(title), "description": "Noticed", "impact": 2, "urgency": 1],
        as: world.engineer)
    }

    @discardableResult
    func link(_ problem: Value, _ kind: String, _ request: Value, ends: Bool = false, as principal: Principal? = nil) async throws -> Value {
      try await world.call(
        ends ? "problem.unlink_request" : "problem.link_request",
        ["id": problem.at("id"), "kind": .text(kind), "request": request.at("id")], as: principal ?? world.engineer)
    }

    func read(_ problem: Value, as principal: Principal? = nil) async throws -> Value {
      try await world.call("problem.read", ["id": problem.at("id")], as: principal ?? world.engineer)
    }

    /// What stands at `path` of each request that the problem is linked to.
    func requests(of problem: Value, _ path: String = "number", as principal: Principal? = nil) async throws -> [Value] {
      let listing = try await world.call("problem.requests", ["id": problem.at("id"), "limit": 200], as: principal ?? world.engineer)
      return (listing.at("items").array ?? []).map { $0.at(path) }
    }

    /// What stands at `path` of each problem that the request is linked to.
    func problems(of request: Value, _ path: String = "title", as principal: Principal? = nil) async throws -> [Value] {
      let listing = try await world.call("request.problems", ["id": request.at("id"), "limit": 200], as: principal ?? world.engineer)
      return (listing.at("items").array ?? []).map { $0.at(path) }
    }

    func history(of problem: Value, as principal: Principal? = nil) async throws -> [Value] {
      try await world.call("problem.history", ["id": problem.at("id"), "limit": 200], as: principal ?? world.engineer).at("items").array ?? []
    }
  }

  @Test func theyAreSeenFromBothEnds() async throws {
    let linked = try await Linked()
    let world = linked.world
    let problem = try await linked.problem("Batteries swell", of: world.acme)
    let inverses = ["causes": "caused_by", "caused_by": "causes", "resolved_by": "resolves", "relates_to": "relates_to"]
    for (kind, inverse) in inverses.sorted(by: { $0.key < $1.key }) {
      let request = try await linked.request()
      let before = try await world.request(request)
      try await linked.link(problem, kind, request)
      #expect(try await linked.requests(of: problem, "kind").last == .text(kind))
      #expect(try await linked.requests(of: problem).last == request.at("number"))
      #expect(try await linked.requests(of: problem, "customer").last == .id(world.acme.publicId))
      #expect(try await linked.requests(of: problem, "offeringCode").last == "LAPTOP")
      #expect(try await linked.problems(of: request, "kind") == [.text(inverse)])
      #expect(try await linked.problems(of: request) == ["Batteries swell"])
      #expect(await refusal { try await linked.link(problem, kind, request) } == ["ticket.linked_already"])
      try await linked.link(problem, kind, request, ends: true)
      #expect(try await linked.problems(of: request) == [])
      #expect(await refusal { try await linked.link(problem, kind, request, ends: true) } == ["ticket.not_linked"])
      // What ended can be said again.
      try await linked.link(problem, kind, request)
      #expect(try await world.request(request).at("version") == before.at("version"), "links stand beside it")
      let told = try await world.history(request, as: world.engineer)
      #expect(told.filter { $0 == "problem_linked" }.count == 2 && told.filter { $0 == "problem_unlinked" }.count == 1)
    }
    let read = try await linked.read(problem)
    #expect(read.at("requests").integer == 4 && read.at("version") == problem.at("version"))
    let first = try #require(try await linked.requests(of: problem, "request").first)
    // A second kind is a link of its own; it is one request.
    try await world.call("problem.link_request", ["id": problem.at("id"), "kind": "relates_to", "request": first], as: world.engineer)
    #expect(try await linked.requests(of: problem).count == 5)
    #expect(try await linked.read(problem).at("requests").integer == 4)
    let told = try await linked.history(of: problem)
    #expect(told.filter { $0.at("type") == "problem.request_linked" }.count == 9)
    #expect(told.filter { $0.at("type") == "problem.request_unlinked" }.count == 4)
    #expect(told.last?.at("payload.request") == first && told.last?.at("payload.kind") == "relates_to")
    #expect(await refusal { try await linked.link(problem, "duplicates", try await linked.request()) } == ["kind input.choice"])
  }

  /// Of a problem of several customers one sees the requests of those whom one serves, and that anything was done about these alone.
  @Test func whoServesSomeSeesOfSome() async throws {
    let linked = try await Linked()
    let (world, servesAcme) = (linked.world, linked.servesAcme)
    let (own, foreign) = (try await linked.request(), try await linked.request(of: world.other))
    let shared = try await linked.problem("Shared")
    try await linked.link(shared, "causes", foreign)
    try await linked.link(shared, "causes", own, as: servesAcme)
    #expect(try await linked.requests(of: shared) == [foreign.at("number"), own.at("number")])
    #expect(try await linked.requests(of: shared, as: servesAcme) == [own.at("number")])
    #expect(try await linked.read(shared).at("requests").integer == 2)
    #expect(try await linked.read(shared, as: servesAcme).at("requests").integer == 1)
    #expect(try await linked.history(of: shared).filter { $0.at("type") == "problem.request_linked" }.count == 2)
    #expect(try await linked.history(of: shared, as: servesAcme).filter { $0.at("type") == "problem.request_linked" }.count == 1)
    for ends in [false, true] {
      #expect(await refusal { try await linked.link(shared, "causes", foreign, ends: ends, as: servesAcme) } != ["accepted"])
    }
    #expect(await refusal { .array(try await linked.problems(of: foreign, as: servesAcme)) } != ["accepted"])
    // What is about another customer is not there, and takes nothing of this one.
    let secret = try await linked.problem("Secret", of: world.other)
    await expectFailure(.notFound) { try await linked.link(secret, "causes", own, as: servesAcme) }
    await expectFailure(.notFound) { try await linked.requests(of: secret, as: servesAcme) }
    #expect(await refusal { try await linked.link(secret, "causes", own) } == ["request problem.of_another"])
    try await linked.link(secret, "causes", foreign)
    #expect(try await linked.problems(of: foreign) == ["Shared", "Secret"])
    #expect(try await linked.problems(of: own, as: servesAcme) == ["Shared"])
  }

  /// Who may read problems reads them; who works on problems links them. Customers do neither, and see nothing of it.
  @Test func onlyTheStaffLearnOfIt() async throws {
    let linked = try await Linked()
    let world = linked.world
    let orderer = try await world.database.user(.requester, of: world.acme, .own)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let request = try await world.call("request.submit", ["offering": linked.offering, "published": 1], as: orderer)
    let problem = try await linked.problem("Batteries swell", of: world.acme)
    for principal in [orderer, manager, world.manager] {
      for ends in [false, true] { await expectFailure(.denied) { try await linked.link(problem, "causes", request, ends: ends, as: principal) } }
    }
    try await linked.link(problem, "causes", request)
    // He keeps accounts, and reads problems.
    #expect(try await linked.problems(of: request, as: world.manager) == ["Batteries swell"])
    #expect(try await linked.requests(of: problem, as: world.manager) == [request.at("number")])
    for principal in [orderer, manager] {
      await expectFailure(.denied) { try await linked.problems(of: request, as: principal) }
      await expectFailure(.denied) { try await linked.requests(of: problem, as: principal) }
      #expect(try await !world.history(request, as: principal).contains("problem_linked"))
      #expect(try await world.request(request, as: principal).at("requests").array == [])
    }
    #expect(try await world.history(request, as: world.engineer).contains("problem_linked"))
  }

  /// What is over is linked no more; a link of it still ends.
  @Test func whatIsOverIsNotLinked() async throws {
    let linked = try await Linked()
    let world = linked.world
    let (request, later) = (try await linked.request(), try await linked.request())
    let problem = try await linked.problem("Batteries swell")
    try await linked.link(problem, "causes", request)
    try await world.call("problem.cancel", ["id": problem.at("id"), "reason": "None"], as: world.engineer, version: problem.at("version"))
    #expect(await refusal { try await linked.link(problem, "causes", later) } == ["problem.wrong_state"])
    #expect(try await linked.problems(of: request) == ["Batteries swell"])
    try await linked.link(problem, "causes", request, ends: true)
    #expect(try await linked.problems(of: request) == [])
  }

  /// The second wall: a customer's transaction reads no link, and only by its policy.
  @Test func aCustomersSideReadsNone() async throws {
    let linked = try await Linked()
    let world = linked.world
    try await linked.link(try await linked.problem("Batteries swell"), "causes", try await linked.request())
    let provider = world.database.provider.id
    func seen(_ side: Side) async throws -> [String] {
      try await world.database.tenancy.transaction(binding: [provider], side: side, readOnly: true) {
        try await $0.query(KindsOfProblemLinks(tenant: provider))
      }
    }
    #expect(try await seen(.staff) == ["caused_by"])
    #expect(try await seen(.customer) == [])
    try await world.database.runAsSuperuser("drop policy staff_only on problems.request_link")
    #expect(try await seen(.customer) == ["caused_by"], "it is the policy that hides it")
  }
}

private struct KindsOfProblemLinks: Statement {
  let tenant: TenantId

  static let sql = "select l.kind from problems.request_link l where l.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
