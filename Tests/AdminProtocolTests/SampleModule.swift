import Kernel
import Operations
import Synchronization

/// Operations that wait until a test lets them go on, and one that gives back what it was given.
enum SampleModule: OperationModule {
  static let operations: [any Operation.Type] = [WatchSample.self, HoldSample.self, EchoSample.self, FillSample.self]
  static let messages: [Message] = []
  static let constraints: [String: Message] = [:]
}

/// Which waiting operations have begun, and which may go on.
final class Gates: Sendable {
  static let shared = Gates()
  private let state = Mutex<(begun: [String: Int], open: Set<String>)>(([:], []))

  func open(_ name: String) { state.withLock { _ = $0.open.insert(name) } }
  func begun(_ name: String) -> Int { state.withLock { $0.begun[name, default: 0] } }

  func pass(_ name: String) async {
    state.withLock { $0.begun[name, default: 0] += 1 }
    while !state.withLock({ $0.open.contains(name) }) { try? await Task.sleep(for: .milliseconds(5)) }
  }

  /// Returns when so many have begun; the suite's time limit ends a test that waits in vain.
  func wait(for count: Int, at name: String) async throws {
    while begun(name) < count { try await Task.sleep(for: .milliseconds(5)) }
  }
}

struct GateInput: OperationInput {
  static let gateField = Field.text("gate", 1...50, "The gate.", "闸口。")
  static let fields: [any InputField] = [gateField]
  let gate: String

  init(_ values: InputValues) throws(FieldError) { gate = try values[Self.gateField] }
}

struct GateOutput: OperationOutput {
  let gate: String
  static let fields: [OutputField<GateOutput>] = [OutputField("gate", .text, "The gate.", "闸口。") { .text($0.gate) }]
}

enum WatchSample: Operation {
  static let declaration = Declaration(
    "sample.watch", "Wait.", zh: "等待。", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .read)

  static func run(_ input: GateInput, in context: OperationContext) async throws -> GateOutput {
    await Gates.shared.pass(input.gate)
    return GateOutput(gate: input.gate)
  }
}

enum HoldSample: Operation {
  static let declaration = Declaration(
    "sample.hold", "Wait and write.", zh: "等待并写入。", permission: "sample.watch", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases),
    reach: .home, effect: .change)

  static func run(_ input: GateInput, in context: OperationContext) async throws -> GateOutput {
    await Gates.shared.pass(input.gate)
    return GateOutput(gate: input.gate)
  }
}

enum EchoSample: Operation {
  struct Input: OperationInput {
    static let textField = Field.longText("text", 0...20_000, "A text.", "文本。").optional
    static let countField = Field.integer("count", -5...5_000_000_000, "A count.", "数量。").optional
    static let flagField = Field.boolean("flag", "A flag.", "标志。").optional
    static let namesField = Field.list("names", of: Field.text("name", 1...50, "A name.", "名称。"), count: 0...5, "Names.", "名称列表。").optional
    static let detailField = Field.document("detail", "A detail.", "详情。").optional
    static let fields: [any InputField] = [textField, countField, flagField, namesField, detailField]
    let seen: Value

    init(_ values: InputValues) throws(FieldError) {
      let names = try values[Self.namesField].map { Value.array($0.map { .text($0) }) }
      seen = .object([
        "text": .text(try values[Self.textField]), "count": .integer(try values[Self.countField]), "flag": .bool(try values[Self.flagField]),
        "names": names ?? .null, "detail": try values[Self.detailField] ?? .null,
      ])
    }
  }

  struct Output: OperationOutput {
    let seen: Value
    static let fields: [OutputField<Output>] = [OutputField("seen", .document, "What was understood.", "所理解的内容。") { $0.seen }]
  }

  static let declaration = Declaration(
    "sample.echo_back", "Echo.", zh: "回显。", permission: "sample.watch", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases),
    reach: .home, effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Output { Output(seen: input.seen) }
}

/// A reply of some size.
enum FillSample: Operation {
  static let declaration = Declaration(
    "sample.fill", "A long reply.", zh: "长回复。", permission: "sample.watch", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases),
    reach: .home, effect: .read)

  static let byteCount = 50_000

  static func run(_ input: NoInput, in context: OperationContext) async throws -> GateOutput { GateOutput(gate: String(repeating: "x", count: byteCount)) }
}
