import Kernel
import Operations

/// What a batch asks for: acts, in the order in which they are done.
struct BatchInput: OperationInput {
  /// One act: an operation that writes, its input, and the version that was seen where it must be said.
  struct Act: OperationInput {
    let operation: String
    let input: Value
    let version: Int64?

    static let operationField = Field.text("operation", 3...100, "What to do: an operation that writes.", "要执行的操作（须为写操作）。")
    static let inputField = Field.document("input", "Its input, the id included.", "该操作的输入，包括 id。").optional
    static let versionField = Field.integer("version", 0...999_999_999_999_999_999, "The version that was seen, as in If-Match.", "所见版本，同 If-Match。").optional
    static let fields: [any InputField] = [operationField, inputField, versionField]

    init(_ values: InputValues) throws(FieldError) {
      operation = try values[Self.operationField]
      input = try values[Self.inputField] ?? .object([])
      version = try values[Self.versionField]
    }
  }

  /// The most that one request may ask for: some seconds of work.
  static let most = 200

  let acts: [Act]

  static let actsField = Field.list("acts", of: Field<Act>.object("act", "An act.", "一项操作。"), count: 1...most, "The acts, in order.", "按顺序执行的操作。")
  static let fields: [any InputField] = [actsField]

  init(_ values: InputValues) throws(FieldError) {
    acts = try values[Self.actsField]
  }

  /// Reads a request's body. An operation that does not exist, or that a batch does not do, refuses all of it: nothing is
  /// begun of what cannot be meant.
  static func read(_ body: [UInt8], query: [(name: String, text: String)] = [], _ registry: Registry) throws(Failure) -> BatchInput {
    let value = try RequestInput.value(fields, id: nil, query: query, body: body)
    do throws(FieldError) {
      let input = try InputValues.read(BatchInput.self, from: value)
      for (index, act) in input.acts.enumerated() where registry[act.operation].map(isTaken) != true {
        throw FieldError("acts[\(index)].operation", HTTPMessages.noBatchAct)
      }
      return input
    } catch {
      throw Failure(.invalid, KernelMessages.invalidInput, violations: error.violations)
    }
  }

  /// Whether a batch does it: what writes, is done once however often it is asked for, and is told no secret. What an act
  /// says becomes its key, and a secret must leave no trace.
  static func isTaken(_ operation: RegisteredOperation) -> Bool { operation.declaration.isRepeatable && !operation.inputFields.contains(where: \.holdsSecret) }
}

extension InputField {
  fileprivate var holdsSecret: Bool { isSecret || type.holdsSecret }
}

extension FieldType {
  fileprivate var holdsSecret: Bool {
    switch self {
    case .list(let element, _): element.holdsSecret
    case .object(let fields): fields.contains(where: \.holdsSecret)
    default: false
    }
  }
}
