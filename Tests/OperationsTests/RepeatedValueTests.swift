import Kernel
import TestSupport
import Testing

@testable import Operations

/// What is wrong is shown with the rule; what is secret is not.
@Suite struct RepeatedValueTests {
  private func told(_ database: TestDatabase, _ operation: String, _ input: KeyValuePairs<String, Value>) async -> [String: Value?] {
    do {
      _ = try await database.call(operation, input, as: database.root)
      return [:]
    } catch {
      return Dictionary(error.violations.map { ($0.path, $0.value) }) { first, _ in first }
    }
  }

  @Test func whatIsWrongIsRepeated() async throws {
    let database = try await TestDatabase.make()
    #expect(await told(database, "customer.list", ["limit": 0]) == ["limit": 0])
    #expect(await told(database, "customer.list", ["limit": "many"]) == ["limit": "many"])
    #expect(await told(database, "customer.create", ["code": "acme", "name": "Acme", "zone": "Europe/Berlin"]) == ["code": "acme"])
    #expect(await told(database, "customer.create", ["code": "ACME", "name": .bool(true), "zone": "Moon/Base"]) == ["name": Value.bool(true)])
    #expect(await told(database, "customer.create", ["code": "ACME", "name": "Acme", "zone": "Moon/Base"]) == ["zone": "Moon/Base"])
    // What is not there, what is long, what is more than one value, and an id that leads nowhere: hidden ones read the same.
    #expect(await told(database, "customer.create", ["code": "ACME", "name": "Acme"]) == ["zone": nil])
    let long = Value.text(String(repeating: "A", count: 101))
    #expect(await told(database, "customer.create", ["code": long, "name": "Acme", "zone": "UTC"]) == ["code": nil])
    #expect(await told(database, "customer.create", ["code": .array([1]), "name": "Acme", "zone": "UTC"]) == ["code": nil])
    #expect(await told(database, "person.add", ["customer": "NOBODY", "name": "Kim"]) == ["customer": nil])
  }

  @Test func aSecretIsNeverRepeated() async throws {
    let database = try await TestDatabase.make()
    let short = await told(database, "staff.create", ["login": "k@msp.test", "name": "Kim", "password": "short-1"])
    #expect(short == ["password": nil], "it is too short, and still nobody's business")
    // A name with a slip in it: nobody knows what the value is.
    let misspelt = await told(database, "staff.create", ["login": "k@msp.test", "name": "Kim", "passwort": "correct horse battery"])
    #expect(misspelt == ["passwort": nil])
  }

  /// Where an input has a form of its own, names say what is secret.
  @Test func aPathLeadsIntoWhatIsNested() {
    let failure = Failure(
      .invalid, KernelMessages.invalidInput,
      violations: ["terms.bands[1].percent", "terms.bands[2].percent", "terms.apiToken", "terms.bands", "terms.bands[x]", ""].map {
        Failure.Violation(path: $0, InputMessages.outOfRange)
      })
    let bands = Value.array([.object(["percent": 1]), .object(["percent": .decimal("101.5")])])
    let terms = Field<Value>.document("terms", "Terms.", "条款。")
    let quoted = failure.quoting(.object(["terms": .object(["bands": bands, "apiToken": "t-1"])]), by: [terms])
    #expect(quoted.violations.map(\.value) == [.decimal("101.5"), nil, nil, nil, nil, nil])
    let hidden = failure.quoting(.object(["terms": .object(["bands": bands])]), by: [terms.secret])
    #expect(hidden.violations.allSatisfy { $0.value == nil })
  }
}
