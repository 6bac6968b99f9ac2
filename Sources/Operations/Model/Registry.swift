import Kernel

/// Every operation there is, by name. An operation that is not here cannot be reached by any interface.
package struct Registry: Sendable {
  package let operations: [RegisteredOperation]
  /// The stock roles that each permission is of.
  package let permissions: [String: Set<StockRole>]
  package let messages: [Message]
  let constraints: [String: Message]
  private let byName: [String: RegisteredOperation]

  package enum Defect: Error, Equatable {
    case duplicateOperation(String)
    case badName(String)
    case unknownTargetField(operation: String, field: String)
    case writesWithoutPermission(String)
  }

  package init(_ modules: [any OperationModule.Type]) throws {
    var operations: [RegisteredOperation] = []
    var byName: [String: RegisteredOperation] = [:]
    let guards = modules.flatMap { $0.guards }
    for module in modules {
      for type in module.operations {
        let operation = RegisteredOperation(type, guards: guards)
        try Self.check(operation)
        guard byName.updateValue(operation, forKey: operation.declaration.name) == nil else { throw Defect.duplicateOperation(operation.declaration.name) }
        operations.append(operation)
      }
    }
    self.operations = operations.sorted { $0.declaration.name < $1.declaration.name }
    self.byName = byName
    permissions = self.operations.reduce(into: [:]) { table, operation in
      guard case .anonymous = operation.declaration.reach else {
        table[operation.declaration.permission, default: []].formUnion(operation.declaration.roles)
        return
      }
    }
    messages = modules.flatMap { $0.messages } + KernelMessages.all + InputMessages.all + OperationMessages.all
    constraints = modules.reduce(into: [:]) { $0.merge($1.constraints) { first, _ in first } }
  }

  package subscript(_ name: String) -> RegisteredOperation? { byName[name] }

  /// ``permissions`` as the migrator takes them.
  package var stockPermissions: [String: Set<String>] { permissions.mapValues { Set($0.map(\.rawValue)) } }

  private static func check(_ operation: RegisteredOperation) throws {
    let declaration = operation.declaration
    let parts = declaration.name.split(separator: ".", omittingEmptySubsequences: false)
    let letters = { (part: Substring) in
      !part.isEmpty && part.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "_") }
    }
    guard parts.count == 2, parts.allSatisfy(letters) else { throw Defect.badName(declaration.name) }
    switch declaration.reach {
    case .one(let field), .oneAndProvider(let field), .homeOr(let field, _):
      guard operation.inputFields.contains(where: { $0.name == field }) else {
        throw Defect.unknownTargetField(operation: declaration.name, field: field)
      }
    case .oneOf(let fields):
      let names = Set(operation.inputFields.map(\.name))
      if let field = fields.first(where: { !names.contains($0) }) { throw Defect.unknownTargetField(operation: declaration.name, field: field) }
    case .provider, .home, .many, .anonymous: break
    }
    guard !declaration.permission.isEmpty else { throw Defect.writesWithoutPermission(declaration.name) }
  }
}

/// The two steps of a call whose input has been read: what precedes the transaction, and what runs in it.
typealias PreparedCall = @Sendable (Preparation) async throws -> @Sendable (OperationContext) async throws -> Value

/// An operation without its Swift types: values in, values out.
package struct RegisteredOperation: Sendable {
  package let declaration: Declaration
  package let inputFields: [any InputField]
  package let outputSchema: OutputType
  /// Whether the form of its input is somebody else's, who may add to it.
  package let takesForeignInput: Bool
  /// Whether it has work to do before its transaction.
  let isPrepared: Bool
  /// Whether a file may come beside its input.
  package var takesFile: Bool { admits != nil }
  /// Whether its result is a file.
  package let givesFile: Bool
  /// See ``FileTakingOperation/admit(_:bytes:for:)``.
  let admits: (@Sendable (Value, Int64?, Preparation) async throws -> Void)?
  private let readInput: @Sendable (Value) throws(FieldError) -> PreparedCall

  init<Type: Operation>(_ type: Type.Type, guards: [any OperationGuard.Type] = []) {
    declaration = type.declaration
    inputFields = type.Input.fields
    outputSchema = type.Output.schema
    takesForeignInput = type.Input.isForeign
    givesFile = type is any FileGivingOperation.Type
    admits = (type as? any FileTakingOperation.Type).map { Self.admission(of: $0) }
    if let prepared = type as? any PreparedOperation.Type {
      isPrepared = true
      readInput = Self.reader(preparing: prepared, guards)
    } else {
      isPrepared = false
      readInput = Self.reader(of: type, guards)
    }
  }

  private static func reader<Type: Operation>(
    of type: Type.Type, _ guards: [any OperationGuard.Type]
  ) -> @Sendable (Value) throws(FieldError) -> PreparedCall {
    let run = guarded(type, guards)
    return { value throws(FieldError) in
      let input = try InputValues.read(type.Input.self, from: value)
      return { _ in { context in try await run(input, context) } }
    }
  }

  private static func reader<Type: PreparedOperation>(
    preparing type: Type.Type, _ guards: [any OperationGuard.Type]
  ) -> @Sendable (Value) throws(FieldError) -> PreparedCall {
    let run = guarded(type, guards)
    return { value throws(FieldError) in
      let input = try InputValues.read(type.Input.self, from: value)
      return { preparation in
        let prepared = try await type.prepare(input, for: preparation)
        return { context in try await run(prepared, context) }
      }
    }
  }

  private static func admission<Type: FileTakingOperation>(of type: Type.Type) -> @Sendable (Value, Int64?, Preparation) async throws -> Void {
    { value, bytes, preparation in try await type.admit(try InputValues.read(type.Input.self, from: value), bytes: bytes, for: preparation) }
  }

  /// The operation, and then its guards in the order of their modules; what these hold, in the opposite order before it.
  private static func guarded<Type: Operation>(
    _ type: Type.Type, _ guards: [any OperationGuard.Type]
  ) -> @Sendable (Type.Input, OperationContext) async throws -> Value {
    let own = guards.compactMap { $0 as? any OperationGuard<Type>.Type }
    return { input, context in
      for next in own.reversed() { try await next.hold(input, in: context) }
      let output = try await type.run(input, in: context)
      for next in own { try await next.check(input, output, in: context) }
      return output.value
    }
  }

  /// Reads the input; what comes back prepares, and then runs, the operation.
  func read(_ input: Value) throws(Failure) -> PreparedCall {
    do throws(FieldError) {
      return try readInput(input)
    } catch {
      throw Failure(.invalid, KernelMessages.invalidInput, violations: error.violations)
    }
  }
}
