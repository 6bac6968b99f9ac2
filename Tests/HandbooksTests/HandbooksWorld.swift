import Contracts
import Desk
import Foundation
import Kernel
import Operations
import ServiceLevels
import TestSupport
import Tenancy
import Testing

@testable import Handbooks

/// A provider with three engineers who may stand in handbooks, and a manager who writes them. It is Monday, 2 March 2026.
struct HandbooksWorld {
  let database: TestDatabase
  let manager: Principal
  let engineer: Principal
  let ann: Value
  let ben: Value
  let cleo: Value

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, HandbooksModule.self,
    ])
    manager = try await database.staff(.accountManager)
    engineer = try await database.staff(.engineer)
    ann = try await Self.member("Ann", database)
    ben = try await Self.member("Ben", database)
    cleo = try await Self.member("Cleo", database)
  }

  private static func member(_ name: String, _ database: TestDatabase) async throws -> Value {
    let input: KeyValuePairs<String, Value> = ["login": .text("\(name)@provider.test"), "name": .text(name), "password": "correct horse battery"]
    let made = try await database.call("staff.create", input, as: database.root).at("id")
    try await database.call("staff_grant.add", ["account": made, "role": "engineer", "everyCustomer": .bool(true)], as: database.root)
    return made
  }

  /// Where the examples that ship are.
  static let examples = RealData.packageRoot.appending(path: "docs/handbooks")

  /// The example that ships of a process.
  static func example(of process: String = "incident") throws -> Value {
    try JSON.read(try String(contentsOf: examples.appending(path: "\(process).json"), encoding: .utf8))
  }

  @discardableResult
  func invoke(_ operation: String, _ members: [String: Value], as principal: Principal? = nil, version: Int64? = nil) async throws -> Value {
    let input = Value.object(members.sorted { $0.key < $1.key }.map { Value.Member($0.key, $0.value) })
    return try await database.dispatcher.invoke(
      "handbook.\(operation)", input, as: principal ?? manager, Call(requestId: "test", expectedVersion: version)
    ).value
  }

  /// The example of a process, with these members instead of its own.
  func create(_ more: [String: Value] = [:], of process: String = "incident") async throws -> Value {
    var members = Dictionary(try Self.example(of: process).members?.map { ($0.name, $0.value) } ?? []) { first, _ in first }
    members.merge(more) { $1 }
    return try await invoke("create", members)
  }

  /// Acts on a handbook as it is now.
  @discardableResult
  func act(_ verb: String, _ handbook: Value, _ more: [String: Value] = [:], as principal: Principal? = nil) async throws -> Value {
    let version = try await read(handbook).at("version").integer
    return try await invoke(verb, more.merging(["id": handbook.at("id")]) { $1 }, as: principal, version: version)
  }

  func read(_ handbook: Value, edition: Int64? = nil) async throws -> Value {
    try await invoke("read", ["id": handbook.at("id"), "edition": .integer(edition)])
  }

  /// The example, with an owner and a manager, as its first edition.
  func published() async throws -> Value {
    try await act("publish", try await create(["owner": ann, "manager": ben, "roles": try roles([ann], [ben, cleo])]))
  }

  /// The example's first two roles with these people.
  func roles(_ people: [Value]...) throws -> Value {
    .array(
      try zip(people, Self.example().at("roles").array ?? []).map { people, role in
        .object((role.members ?? []) + [Value.Member("people", .array(people))])
      })
  }

  func leave(_ person: Value) async throws { try await database.call("staff.disable", ["id": person], as: database.root) }

  func export(_ handbook: Value, _ more: [String: Value] = [:]) async throws -> String {
    try #require(try await invoke("export", more.merging(["id": handbook.at("id")]) { $1 }, as: engineer).at("text").text)
  }

  /// The sentences that a comparison says, in English.
  func compare(_ handbook: Value, _ more: [String: Value] = [:], _ language: String = "english") async throws -> [String] {
    let changes = try await invoke("compare", more.merging(["id": handbook.at("id")]) { $1 }, as: engineer).at("changes")
    return changes.array?.compactMap { $0.at(language).text } ?? []
  }

  func gaps(_ handbook: Value) async throws -> [String] { try await read(handbook).at("gaps").array?.compactMap { $0.at("gap").text } ?? [] }

  /// `path message`, of each field that is refused, or the code of the failure.
  func refusal(_ body: () async throws -> Value) async -> [String] {
    do {
      _ = try await body()
      return ["accepted"]
    } catch let failure as Failure {
      return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
    } catch {
      return ["\(error)"]
    }
  }
}

extension Value {
  /// The value at `path`: `roles.0.name`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }
}
