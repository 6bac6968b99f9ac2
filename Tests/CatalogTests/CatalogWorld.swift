import Catalog
import ContractFiles
import Contracts
import Desk
import Foundation
import Kernel
import Operations
import Requests
import ServiceLevels
import TestSupport
import Tenancy
import Testing

/// A provider with two teams, two customers, and the catalogue of the example file.
struct CatalogWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let manager: Principal

  init(applied: Bool = true) async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, CatalogModule.self, RequestsModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    manager = try await database.staff(.accountManager)
    for team in ["Service Desk", "Network"] { try await call("team.create", ["name": .text(team)], as: database.root) }
    if applied { try await apply(try Self.example()) }
  }

  static func example() throws -> Value {
    try YAMLDocument(try String(contentsOf: RealData.packageRoot.appending(path: "docs/catalog/msp.yaml"), encoding: .utf8)).value
  }

  @discardableResult
  func call(
    _ operation: String, _ input: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil
  ) async throws -> Value {
    try await database.call(operation, input, as: principal ?? manager, version: version?.integer)
  }

  @discardableResult
  func apply(_ catalogue: Value, planOnly: Bool = false) async throws -> Value {
    try await call("catalogue.apply", ["families": catalogue.at("families"), "planOnly": .bool(planOnly)])
  }

  func plan(_ catalogue: Value) async throws -> [String] {
    try await apply(catalogue, planOnly: true).at("steps").array?.compactMap { $0.at("english").text } ?? []
  }

  func found(_ listing: String, _ code: String) async throws -> Value {
    let items = try await call(listing, ["limit": 200]).at("items").array ?? []
    return try #require(items.first { $0.at("code") == .text(code) }, "\(code)")
  }

  /// A contract of a customer since the beginning of the year, with one line that sells this.
  func contract(of customer: TenantEntry, selling what: KeyValuePairs<String, Value>, state: String = "active") async throws -> Value {
    let number = try await call("calendar.list", [:]).at("items").array?.count ?? 0
    let calendar = try await call("calendar.create", ["name": .text("C \(customer.code) \(number)"), "stock": "24x7", "zone": "UTC"])
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 3600, "calendar": calendar.at("id")])
    let sla = try await call("sla.create", ["name": .text("S \(customer.code) \(number)"), "targets": .array([target])])
    let line = [Value.Member("name", "Line"), Value.Member("sla", sla.at("id"))] + what.map { Value.Member($0.key, $0.value) }
    return try await call(
      "contract.create",
      [
        "customer": .id(customer.publicId), "name": .text("Contract \(number)"), "state": .text(state), "currency": "EUR",
        "startsAt": "2026-01-01T00:00:00Z", "lines": .array([.object(line)]),
      ])
  }
}

extension Value {
  /// The value at `path`: `lines.0.id`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }

  /// The same with another value at `path`; nil takes the member away.
  func setting(_ path: String, _ new: Value?) -> Value {
    let steps = path.split(separator: ".", maxSplits: 1).map(String.init)
    guard let step = steps.first else { return self }
    func inner(_ value: Value) -> Value? { steps.count == 1 ? new : value.setting(steps[1], new) }
    if let index = Int(step), var array, array.indices.contains(index) {
      if let value = inner(array[index]) { array[index] = value } else { array.remove(at: index) }
      return .array(array)
    }
    var members = members ?? []
    let place = members.firstIndex { $0.name == step }
    let changed = inner(place.map { members[$0].value } ?? .object([]))
    switch (place, changed) {
    case (let place?, let changed?): members[place] = Value.Member(step, changed)
    case (let place?, nil): members.remove(at: place)
    case (nil, let changed?): members.append(Value.Member(step, changed))
    case (nil, nil): break
    }
    return .object(members)
  }
}

/// The paths and codes of what an invalid request is refused for.
func violations(_ body: () async throws -> Value) async -> [String] {
  do {
    _ = try await body()
    return ["accepted"]
  } catch let failure as Failure {
    return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
  } catch {
    return ["\(error)"]
  }
}
