import Kernel
import Operations
import Tenancy
import Testing

/// Whatever stands in a field, the answer is a result or a refusal, never a fault inside.
@Suite struct FuzzTests {
  /// Refusals of an input; anything else is a defect.
  static let refusals: Set<Failure.Kind> = [
    .malformed, .invalid, .notFound, .conflict, .denied, .unauthenticated, .versionMismatch, .versionRequired, .tooLarge,
  ]

  @Test(arguments: Portion.quarters) func noFieldValueIsAFault(portion: Portion) async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    let nobody = Caller(role: .requester, scope: .own, principal: .anonymous(provider: world.provider.id, via: .http))
    var tried = 0
    var accepted = 0
    var seen: [String: Int] = [:]
    for operation in portion.operations(of: world) {
      let name = operation.declaration.name
      let caller = callers.holding(operation.declaration).first ?? nobody
      func base() async throws -> ValidCall {
        guard NotGenerated.reasons[name] != nil else { return try await world.validCall(operation, for: world.a, by: caller.principal) }
        let builder = InputBuilder(world: world, twin: world.a, omitted: ["id", "cursor"])
        return ValidCall(input: try await builder.value("", .object(operation.inputFields)), version: nil)
      }
      var call = try await base()
      var renewals = 0
      for field in PlacedField.all(operation.inputFields, in: call.input) {
        // A field that many operations share gets its texts in the first; every operation gets every wrong type.
        let shared = "\(field.path) \(field.type)"
        seen[shared, default: 0] += 1
        for value in Self.values(for: field.type, withTexts: seen[shared, default: 0] == 1) {
          tried += 1
          let input = call.input.replacing(field.path, with: value)
          let answer = await world.answer(name, input, as: caller.principal, version: call.version)
          switch answer.result {
          case .success:
            accepted += 1
            // What was accepted has another version now, or is used up.
            if let version = answer.value?["version"]?.integer, call.version != nil { call.version = version }
            if operation.declaration.effect.writes, renewals < 4 {
              renewals += 1
              call = try await base()
            }
          case .failure(let failure):
            let shown = JSON.text(value ?? .null)
            #expect(Self.refusals.contains(failure.kind), "\(name).\(field.path) = \(shown.prefix(80)): \(failure)")
            if field.isSecret { expectSilent(failure, about: value, "\(name).\(field.path)") }
          }
        }
      }
    }
    print("fuzz: \(tried) inputs, \(accepted) accepted")
  }

  private func expectSilent(_ failure: Failure, about value: Value?, _ place: String) {
    guard case .text(let secret)? = value, secret.unicodeScalars.count >= 12 else { return }
    let said = "\(Said(failure)) \(failure.debug ?? "")"
    #expect(!said.contains(String(secret.prefix(12))), "\(place) repeats the secret")
  }

  static let texts: [String] = [
    "", " ", "\u{0}", "a\u{0}b", "\u{1}", "\u{7f}", "\u{85}", "a\nb", "a\tb", "\r\n", "\u{202E}rtl\u{202C}", "\u{5D0}\u{5D1}\u{5D2}",
    "\u{1F600}\u{1F600}\u{1F600}",
    "\u{FEFF}bom", "e\u{301}\u{301}\u{301}", "\u{FFFD}\u{FFFF}", "\u{2028}", "%00", "' or 1=1 --", "$1", "{0}", "{least}", "\\", "\"", "NaN", "-0", "1e9999",
    "0x1F",
    "９９", "99999999999999999999", "-1", "0.00001", "100.00001", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:60Z",
    "0000-00-00", "2026-02-30", "2026-13", "2026-03-02T08:00:00+25:00", "Europe/../etc/passwd", "Etc/GMT+99", "XXX", "cus_", "inc_aaaaaaaaaaaaaaaaaaaaaaaaaa",
  ]

  /// Values of every JSON type, and the edges of this one. Nil takes the field away.
  /// The edges of a text's length are tried everywhere, the odd texts where `withTexts` says so.
  static func values(for type: FieldType, withTexts: Bool) -> [Value?] {
    let wrong: [Value?] = [
      nil, .null, .bool(true), 0, -1, .integer(.max), .integer(.min), .decimal("1.5"), .decimal("1e9999"), .decimal("-0.0000000000000000000000000001"), "x",
      .array([]),
      .array([.null]), .array([.array([])]), .object([Value.Member]()), .object(["id": "x"]),
    ]
    switch type {
    case .text(let length, let multiline):
      let top = min(length.upperBound, 50_000)
      let edges: [String] =
        [
          String(repeating: "x", count: top), String(repeating: "x", count: top + 1), String(repeating: "\u{1F600}", count: top),
          String(repeating: "\u{1F600}", count: top + 1), String(repeating: "\u{627}", count: top),
          String(repeating: "x", count: max(0, length.lowerBound - 1)),
        ] + (multiline ? [String(repeating: "\n", count: min(top, 2000))] : [])
      return wrong + (edges + (withTexts ? texts : [])).map { .text($0) }
    case .integer(let range):
      return wrong
        + [range.lowerBound, range.upperBound, range.lowerBound == .min ? .min : range.lowerBound - 1, range.upperBound == .max ? .max : range.upperBound + 1]
        .map {
          .integer($0)
        } + [.decimal("1.0"), "1"]
    case .list(_, let count):
      return wrong + [.array(Array(repeating: .null, count: min(count.upperBound + 1, 2000))), .array(Array(repeating: "x", count: 3))]
    case .document: return wrong + documents
    case .boolean, .object: return wrong + ["true"]
    case .instant, .date, .month, .id, .oneOf, .percent, .amount: return wrong + (withTexts ? texts : []).map { .text($0) }
    }
  }

  /// Calendar definitions that are none.
  static let documents: [Value] = {
    let zone: Value.Member = Value.Member("zone", "Europe/Berlin")
    let weeks: [Value] = [
      .null, "x", .array([]), .object(["mon": "x"]), .object(["mon": .array([.array(["25:00", "26:00"])])]), .object(["mon": .array([.array(["10:00"])])]),
      .object(["mon": .array([.array(["10:00", "09:00"])])]), .object(["mon": .array([.array(["00:00", "24:00"]), .array(["00:00", "24:00"])])]),
      .object(["xyz": .array([.array(["08:00", "09:00"])])]), .object(["mon": .array([.array([.integer(.max), .integer(.min)])])]),
      .object(["mon": .array(Array(repeating: .array(["08:00", "09:00"]), count: 500))]),
    ]
    let exceptions: [Value] = [
      "x", .array(["x"]), .array([.object(["date": "2026-02-30"])]), .array([.object(["date": "9999-12-31", "open": .array([.array(["00:00", "24:00"])])])]),
      .array([.object(["from": "0001-01-01", "to": "9999-12-31"])]),
      .array(Array(repeating: .object(["date": "2026-12-25", "open": .array([])]), count: 5000)),
    ]
    let week: Value = .object(["mon": .array([.array(["08:00", "09:00"])])])
    return weeks.map { .object([zone, Value.Member("week", $0)]) }
      + exceptions.map { .object([zone, Value.Member("week", week), Value.Member("exceptions", $0)]) }
      + [.object(["zone": 1, "week": week]), .object(["zone": "Mars/Base", "week": week]), .object(["zone": "Europe/Berlin", "week": week, "more": 1])]
  }()

  @Test func fieldsThatThereAreNotAreRefused() async throws {
    let world = try await World.shared.value
    let callers = try await Callers(world)
    var tried = 0
    for operation in world.registry.operations where NotGenerated.reasons[operation.declaration.name] == nil && !operation.takesForeignInput {
      let name = operation.declaration.name
      guard let caller = callers.holding(operation.declaration).first else { continue }
      let call = try await world.validCall(operation, for: world.a, by: caller.principal)
      for path in PlacedField.objects(operation.inputFields, in: call.input) {
        // Names of columns, of the way in, and of nothing.
        for extra in ["tenant_id", "tenantId", "public_id", "version", "expectedVersion", "state_", "__proto__", "", "id ", "recordedAt"] {
          let place = path.appending(.member(extra))
          let answer = await world.answer(name, call.input.replacing(place, with: 1), as: caller.principal, version: call.version)
          tried += 1
          let violations = answer.failure?.violations.map { "\($0.path) \($0.message.key)" } ?? []
          #expect(
            answer.failure?.kind == .invalid && violations.contains("\(place) \(InputMessages.unknownField.key)"), "\(name) takes \(place): \(answer.result)")
        }
      }
    }
    print("unknown fields: \(tried) tried")
  }

  /// What somebody else's form holds besides is no mistake; each such operation is named here, so that none becomes one by accident.
  @Test func onlyForeignInputsHoldMore() async throws {
    let world = try await World.shared.value
    #expect(world.registry.operations.filter(\.takesForeignInput).map(\.declaration.name) == ["event_source.deliver"])
    let source = try await world.seeded("evs", in: world.a).id
    let input = Value.object(["id": source, "alerts": .array([]), "receiver": "x", "tenant_id": 1, "version": "4"])
    let answer = await world.answer("event_source.deliver", input, as: world.database.root)
    #expect(answer.value?["taken"] == 0, "\(answer.result)")
  }

  @Test func inputsThatAreNoObjectsAreRefused() async throws {
    let world = try await World.shared.value
    for operation in world.registry.operations {
      for input in [Value.null, .bool(true), 1, "x", .array([]), .array([.object([Value.Member]())])] {
        let answer = await world.answer(operation.declaration.name, input, as: world.database.root, version: 1)
        #expect(answer.failure.map { Self.refusals.contains($0.kind) } ?? false, "\(operation.declaration.name): \(answer.result)")
      }
    }
  }
}
