import Kernel
import Operations
import Testing

@testable import HTTPAPI

@Suite struct RouteTests {
  @Test(arguments: [
    ("incident.read", Effect.read, true, "GET /v1/incidents/{id}"),
    ("incident.explain", .read, true, "GET /v1/incidents/{id}/explain"),
    ("incident.list", .read, false, "GET /v1/incidents"),
    ("incident.list", .read, true, "GET /v1/incidents/{id}/list"),
    ("incident.queue", .read, false, "GET /v1/incidents/queue"),
    ("work.queue", .read, false, "GET /v1/work/queue"),
    ("identity.read", .read, false, "GET /v1/identity"),
    ("scorecard.read", .read, false, "GET /v1/scorecard"),
    ("audit.list", .read, false, "GET /v1/audit"),
    ("incident.open", .create, false, "POST /v1/incidents"),
    ("customer.create", .create, false, "POST /v1/customers"),
    ("person.add", .create, false, "POST /v1/persons"),
    ("contract.add_line", .create, true, "POST /v1/contracts/{id}/add-line"),
    ("incident.import", .create, false, "POST /v1/incidents/import"),
    ("incident.change", .change, true, "PATCH /v1/incidents/{id}"),
    ("incident.change", .change, false, "POST /v1/incidents/change"),
    ("incident.resolve", .change, true, "POST /v1/incidents/{id}/resolve"),
    ("incident.set_priority", .change, true, "POST /v1/incidents/{id}/set-priority"),
    ("partition.ensure", .change, false, "POST /v1/partitions/ensure"),
    ("comment.delete", .delete, true, "DELETE /v1/comments/{id}"),
    ("token.revoke", .delete, true, "POST /v1/tokens/{id}/revoke"),
    ("contract_line.read", .read, true, "GET /v1/contract-lines/{id}"),
    ("category.list", .read, false, "GET /v1/categories"),
    ("holiday.list", .read, false, "GET /v1/holidays"),
    ("address.list", .read, false, "GET /v1/addresses"),
    ("branch.list", .read, false, "GET /v1/branches"),
    ("setup.complete", .create, false, "POST /v1/setup/complete"),
  ])
  func theRuleGivesMethodAndPath(name: String, effect: Effect, takesId: Bool, route: String) {
    let declaration = Declaration(name, "", zh: "", roles: [], reach: .home, effect: effect)
    #expect(Route(declaration, takesId: takesId).description == route)
  }

  /// All effects with and without an id give a route below `/v1`, and only those with an id have it in the path.
  @Test(arguments: Effect.allCases, [true, false])
  func everyShapeHasARoute(effect: Effect, takesId: Bool) {
    for verb in ["read", "list", "open", "create", "add", "change", "delete", "resolve"] {
      let route = Route(Declaration("thing.\(verb)", "", zh: "", roles: [], reach: .home, effect: effect), takesId: takesId)
      #expect(route.path.hasPrefix("/v1/thing"))
      #expect(route.path.contains("{id}") == takesId)
      #expect((route.method == .get) == (effect == .read))
    }
  }

  @Test func twoOperationsOnOneRouteDoNotStart() throws {
    #expect(throws: RouteTable.Defect.sameRoute("POST /v1/samples", operations: ["sample.add", "sample.create"])) {
      _ = try RouteTable(Registry([SampleModule.self, RivalModule.self]))
    }
  }

  @Test func noOperationTakesTheStreamsRoute() throws {
    #expect(throws: RouteTable.Defect.sameRoute("GET /v1/live", operations: ["live.read", "/v1/live"])) {
      _ = try RouteTable(Registry([LiveModule.self]))
    }
    let table = try RouteTable(Registry([PlatformModule.self]))
    guard case .live = table.match("GET", "/v1/live") else {
      Issue.record("no stream")
      return
    }
    // An answer without an end has no length that HEAD could tell.
    guard case .wrongMethod(["GET"]) = table.match("HEAD", "/v1/live") else {
      Issue.record("HEAD leads somewhere")
      return
    }
  }

  @Test func noOperationTakesTheBatchsRoute() throws {
    #expect(throws: RouteTable.Defect.sameRoute("GET /v1/batch", operations: ["batch.read", "/v1/batch"])) {
      _ = try RouteTable(Registry([BatchModule.self]))
    }
  }

  @Test func aPathLeadsToItsOperation() throws {
    let table = try RouteTable(Registry([PlatformModule.self, SampleModule.self]))
    #expect(try name(table.match("GET", "/v1/customers")) == "customer.list")
    #expect(try name(table.match("HEAD", "/v1/customers")) == "customer.list")
    #expect(try name(table.match("GET", "/v1/customers/cus_x")) == "customer.read")
    #expect(try name(table.match("PATCH", "/v1/customers/cus_x")) == "customer.change")
    #expect(try name(table.match("GET", "/v1/samples/find")) == "sample.find")
    guard case .operation(_, id: "cus_x"?) = table.match("GET", "/v1/customers/cus_x") else {
      Issue.record("the id is lost")
      return
    }
  }

  @Test(arguments: [
    "/", "", "/v1", "/v1/", "/v1/customers/", "/v1//customers", "//v1/customers", "/v1/customers/x/", "/v1/customers/{id}", "/V1/customers",
    "/v1/customers/../persons", "/v1/customers/x/y/z", "/v1/%63ustomers", "/v1/nothing", "/v2/customers", "*", "/v1/customers;x", "/metrics/",
  ])
  func otherPathsLeadNowhere(path: String) throws {
    guard case .nothing = try RouteTable(Registry([PlatformModule.self])).match("GET", path) else {
      Issue.record("\(path) leads somewhere")
      return
    }
  }

  @Test(arguments: [
    ("PUT", "/v1/customers", ["GET", "HEAD", "POST"]), ("TRACE", "/v1/customers/cus_x", ["GET", "HEAD", "PATCH"]),
    ("post", "/v1/customers", ["GET", "HEAD", "POST"]), ("PATCH", "/v1/samples/find", ["GET", "HEAD"]), ("POST", "/healthz", ["GET", "HEAD"]),
  ])
  func aWrongMethodIsToldTheRightOnes(method: String, path: String, allowed: [String]) throws {
    guard case .wrongMethod(let told) = try RouteTable(Registry([PlatformModule.self, SampleModule.self])).match(method, path) else {
      Issue.record("\(method) \(path) is taken")
      return
    }
    #expect(told == allowed)
  }

  private func name(_ match: RouteTable.Match) throws -> String {
    guard case .operation(let operation, _) = match else { return "" }
    return operation.declaration.name
  }
}

/// Claims a route that the sample module has.
private enum RivalModule: OperationModule {
  static let operations: [any Operation.Type] = [AddSample.self]
  static let messages: [Message] = []
  static let constraints: [String: Message] = [:]
}

/// Claims the path of many acts by one request.
private enum BatchModule: OperationModule {
  static let operations: [any Operation.Type] = [ReadBatch.self]
  static let messages: [Message] = []
  static let constraints: [String: Message] = [:]
}

private enum ReadBatch: Operation {
  static let declaration = Declaration("batch.read", "Read.", zh: "读取。", roles: [], reach: .home, effect: .read)

  static func run(_ input: NoInput, in context: OperationContext) async throws -> Done { Done() }
}

/// Claims the path of live updates.
private enum LiveModule: OperationModule {
  static let operations: [any Operation.Type] = [ReadLive.self]
  static let messages: [Message] = []
  static let constraints: [String: Message] = [:]
}

private enum ReadLive: Operation {
  static let declaration = Declaration("live.read", "Read.", zh: "读取。", roles: [], reach: .home, effect: .read)

  static func run(_ input: NoInput, in context: OperationContext) async throws -> Done { Done() }
}

private enum AddSample: Operation {
  static let declaration = Declaration("sample.add", "Add.", zh: "添加。", roles: [], reach: .home, effect: .create)

  static func run(_ input: NoInput, in context: OperationContext) async throws -> Done { Done() }
}
