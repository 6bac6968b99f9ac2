import Kernel
import Operations
import Subprocess
import TestSupport
import Testing

@testable import HTTPAPI

@Suite struct OpenAPITests {
  @Test(arguments: Language.allCases)
  func theDocumentIsSound(language: Language) throws {
    let registry = try Registry([PlatformModule.self, SampleModule.self])
    let document = OpenAPI.document(registry, language)
    #expect(document["openapi"] == "3.1.0")
    // Our own reader refuses a name that occurs twice in an object.
    #expect(try JSON.read(JSON.write(document)) == document)
    var references: Set<String> = []
    collectReferences(document, &references)
    for reference in references { #expect(resolve(reference, in: document) != nil, "\(reference) leads nowhere") }

    var ids: [String] = []
    for path in document["paths"]?.members ?? [] {
      for method in path.value.members ?? [] {
        let operation = method.value
        ids += [operation["operationId"]?.text ?? ""]
        let parameters = (operation["parameters"]?.array ?? []).map { $0["$ref"]?.text.flatMap { resolve($0, in: document) } ?? $0 }
        let inPath = parameters.filter { $0["in"] == "path" }.compactMap { $0["name"]?.text }
        #expect(inPath == (path.name.contains("{id}") ? ["id"] : []), "\(method.name) \(path.name)")
        let names = parameters.map { "\($0["in"]?.text ?? "") \($0["name"]?.text ?? "")" }
        #expect(Set(names).count == names.count, "\(names)")
        #expect(parameters.allSatisfy { ($0["schema"] == nil) != ($0["content"] == nil) })
        #expect(operation["responses"]?.members?.contains { $0.name == "200" || $0.name == "201" } == true)
        #expect(operation["summary"]?.text?.isEmpty == false)
      }
    }
    #expect(ids.sorted() == (registry.operations.map(\.declaration.name) + ["batch", "live"]).sorted())
  }

  @Test func requestsAreDescribedAsTheyAreRead() throws {
    let document = OpenAPI.document(try Registry([PlatformModule.self, SampleModule.self]), .english)
    let change = try #require(document["paths"]?["/v1/customers/{id}"]?["patch"])
    #expect(change["parameters"]?.array?.contains(OpenAPIWriter.reference("parameters", "IfMatchRequired")) == true)
    #expect(change["responses"]?["428"] != nil)
    let input = try #require(document["components"]?["schemas"]?["CustomerChangeInput"])
    #expect(input["additionalProperties"] == .bool(false))
    #expect(input["properties"]?["id"] == nil)
    let session = try #require(document["paths"]?["/v1/sessions"]?["post"])
    #expect(session["security"] == .array([]))
    #expect(session["responses"]?["401"] != nil && session["responses"]?["403"] == nil, "a wrong password gets 401")
    let version = try #require(document["components"]?["parameters"]?["IfMatch"]?["schema"]?["pattern"]?.text)
    let required = try #require(document["components"]?["parameters"]?["IfMatchRequired"]?["schema"]?["pattern"]?.text)
    for (text, isTaken) in [("\"3\"", true), ("W/\"3\"", true), ("*", true), ("", false), ("3", false), ("\"1\", \"2\"", false)] {
      #expect((try Regex(version).wholeMatch(in: text) != nil) == isTaken, "\(text)")
      #expect((try Regex(required).wholeMatch(in: text) != nil) == (isTaken && text != "*"), "\(text)")
    }
    let sample = try #require(document["components"]?["schemas"]?["SampleCheckInput"]?["properties"])
    #expect(sample["count"]?["maximum"] == 5_000_000_000)
    #expect(sample["state"]?["enum"] == .array(["new", "active", .null]))
    #expect(sample["secret"]?["writeOnly"] == .bool(true))
    #expect(sample["parts"]?["items"]?["properties"]?["name"]?["maxLength"] == 20)
    // The patterns of times say what is read, and nothing else.
    for (type, read, texts) in [
      (
        FieldType.instant, { Instant($0) != nil },
        [
          "2026-03-01T08:00:00Z", "2026-03-01t08:00:00.123456+01:00", "9999-12-31T23:59:59z", "1969-12-31T23:59:59Z", "2026-03-01T08:00:60Z",
          "2026-03-01T24:00:00Z", "2026-03-01T08:00:00.1234567Z", "2026-03-01T08:00:00", "2026-03-01", "0001-01-01T00:00:00Z",
        ]
      ),
      (
        FieldType.month, { CalendarMonth($0) != nil },
        ["2026-03", "0001-01", "9999-12", "0000-01", "2026-13", "2026-00", "2026-3", "1000-10", "0100-01", "0010-01"]
      ),
    ] as [(FieldType, (String) -> Bool, [String])] {
      let pattern = try #require(Value.object(JSONSchema(language: .english).type(type))["pattern"]?.text)
      for text in texts { #expect((try Regex(pattern).wholeMatch(in: text) != nil) == read(text), "\(text)") }
    }
    let find = try #require(document["paths"]?["/v1/samples/find"]?["get"]?["parameters"]?.array)
    #expect(find.first { $0["name"] == "parts" }?["content"] != nil)
    #expect(find.first { $0["name"] == "sizes" }?["explode"] == .bool(false))
  }

  @Test func theLanguagesDifferInTextsOnly() throws {
    let registry = try Registry([PlatformModule.self])
    let english = OpenAPI.document(registry, .english)
    let chinese = OpenAPI.document(registry, .chinese)
    #expect(english != chinese)
    #expect(withoutTexts(english) == withoutTexts(chinese))
  }

  /// An independent reader, where it is installed.
  @Test(.enabled("openapi-spec-validator is not installed") { await PythonValidator.isInstalled() })
  func pythonsValidatorAgrees() async throws {
    let document = JSON.text(OpenAPI.document(try Registry([PlatformModule.self, SampleModule.self]), .chinese))
    let result = try await Subprocess.run(
      .name("python3"), arguments: ["-c", "import json,sys,openapi_spec_validator as v; v.validate(json.load(sys.stdin))"], input: .string(document),
      output: .string(limit: 10_000), error: .string(limit: 100_000))
    #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
  }

  private func collectReferences(_ value: Value, _ references: inout Set<String>) {
    for member in value.members ?? [] {
      if member.name == "$ref", let text = member.value.text { references.insert(text) }
      collectReferences(member.value, &references)
    }
    for element in value.array ?? [] { collectReferences(element, &references) }
  }

  private func resolve(_ reference: String, in document: Value) -> Value? {
    guard reference.hasPrefix("#/") else { return nil }
    return reference.dropFirst(2).split(separator: "/").reduce(document) { $0?[String($1)] }
  }

  private func withoutTexts(_ value: Value) -> Value {
    switch value {
    case .object(let members):
      .object(members.filter { !(["description", "summary"].contains($0.name) && $0.value.text != nil) }.map { Value.Member($0.name, withoutTexts($0.value)) })
    case .array(let elements): .array(elements.map(withoutTexts))
    default: value
    }
  }
}

private enum PythonValidator {
  static func isInstalled() async -> Bool {
    let result = try? await Subprocess.run(
      .name("python3"), arguments: ["-c", "import openapi_spec_validator"], output: .discarded, error: .discarded)
    return result?.terminationStatus.isSuccess ?? false
  }
}
