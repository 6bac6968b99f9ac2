import Contracts
import Desk
import Kernel
import Knowledge
import Operations
import ServiceLevels
import TestSupport
import Tenancy
import Testing

/// A provider with two customers: a writer, a reviewer, and readers of the one.
struct KnowledgeWorld {
  let database: TestDatabase
  let acme: TenantEntry
  let other: TenantEntry
  let writer: Principal
  let reviewer: Principal
  /// Of the provider's staff, serving ACME only.
  let servesAcme: Principal
  let reader: Principal
  let stranger: Principal

  init() async throws {
    database = try await TestDatabase.make([
      PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, KnowledgeModule.self,
    ])
    acme = try await database.customer("ACME")
    other = try await database.customer("OTHER")
    writer = try await database.staff(.engineer)
    reviewer = try await database.staff(.engineer)
    servesAcme = try await database.staff(.engineer, for: [acme])
    reader = try await database.user(.requester, of: acme, .own)
    stranger = try await database.user(.customerManager, of: other)
  }

  @discardableResult
  func call(
    _ operation: String, _ input: KeyValuePairs<String, Value>, as principal: Principal? = nil, version: Value? = nil
  ) async throws -> Value {
    try await database.call(operation, input, as: principal ?? writer, version: version?.integer)
  }

  /// Acts on an article as it was last seen.
  @discardableResult
  func act(_ verb: String, on article: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> Value {
    let input = [Value.Member("id", article.at("id"))] + more.map { Value.Member($0.key, $0.value) }
    return try await database.dispatcher.invoke(
      "article.\(verb)", .object(input), as: principal ?? writer, Call(requestId: "test", expectedVersion: article.at("version").integer)
    ).value
  }

  /// A draft; in English unless told otherwise.
  func draft(
    _ title: String, _ body: String = "Text", audience: String = "internal", onlyFor: TenantEntry? = nil, language: String = "en"
  ) async throws -> Value {
    try await call(
      "article.create",
      [
        "kind": "how_to", "audience": .text(audience), "onlyFor": .id(onlyFor?.publicId), "title": .object([Value.Member(language, .text(title))]),
        "body": .object([Value.Member(language, .text(body))]),
      ])
  }

  /// A published article.
  func published(
    _ title: String, _ body: String = "Text", audience: String = "internal", onlyFor: TenantEntry? = nil, language: String = "en"
  ) async throws -> Value {
    let draft = try await draft(title, body, audience: audience, onlyFor: onlyFor, language: language)
    return try await act("publish", on: try await act("submit", on: draft), as: reviewer)
  }

  /// The titles that a search finds, in its order.
  func found(_ text: String, as principal: Principal? = nil, _ more: KeyValuePairs<String, Value> = [:]) async throws -> [String] {
    let input = [Value.Member("text", .text(text))] + more.map { Value.Member($0.key, $0.value) }
    let value = try await database.dispatcher.invoke("article.search", .object(input), as: principal ?? writer, Call(requestId: "test")).value
    return (value.at("items").array ?? []).compactMap { $0.at("title.en").text ?? $0.at("title.zh-Hans").text }
  }

  /// The titles of the incidents that a search finds, in its order.
  func incidents(_ text: String, as principal: Principal? = nil, _ more: KeyValuePairs<String, Value> = [:]) async throws -> [String] {
    let input = [Value.Member("text", .text(text))] + more.map { Value.Member($0.key, $0.value) }
    let value = try await database.dispatcher.invoke("incident.search", .object(input), as: principal ?? writer, Call(requestId: "test")).value
    return (value.at("items").array ?? []).compactMap { $0.at("title").text }
  }

  func open(_ title: String, _ description: String = "", for customer: TenantEntry? = nil, as principal: Principal? = nil) async throws -> Value {
    try await call(
      "incident.open",
      ["customer": .id((customer ?? acme).publicId), "title": .text(title), "description": .text(description), "impact": 2, "urgency": 2], as: principal)
  }
}

extension Value {
  /// The value at `path`: `items.0.id`.
  func at(_ path: String) -> Value {
    path.split(separator: ".").reduce(self) { value, step in
      if let index = Int(step) { return value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } ?? .null }
      return value[String(step)] ?? .null
    }
  }
}

/// The codes for which a request is refused: those of its fields, by their paths, or its own.
func refusals(_ body: () async throws -> Value) async -> [String] {
  do {
    _ = try await body()
    return ["accepted"]
  } catch let failure as Failure {
    return failure.violations.isEmpty ? [failure.code] : failure.violations.map { "\($0.path) \($0.message.key)" }
  } catch {
    return ["\(error)"]
  }
}
