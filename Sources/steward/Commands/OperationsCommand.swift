import ArgumentParser
import HTTPAPI
import Kernel
import Operations

struct OperationsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "operations", abstract: "List everything that can be done: name, permission, method and path, effect.")

  @Flag(name: .long, help: "As JSON.")
  var json = false

  func run() throws {
    let operations = try Modules.registry().operations
    guard !json else {
      let rows = operations.map { operation -> Value in
        let route = Route(of: operation)
        let declaration = operation.declaration
        return .object([
          "name": .text(declaration.name), "permission": .text(declaration.permission), "method": .text(route.method.rawValue),
          "path": .text(route.path), "effect": .text(declaration.effect.rawValue),
          "roles": .array(declaration.roles.map(\.rawValue).sorted().map(Value.text)), "summary": .text(declaration.summary.text(Terminal.language)),
        ])
      }
      print(JSON.text(.array(rows)))
      return
    }
    let rows = operations.map { operation in
      let route = Route(of: operation)
      let declaration = operation.declaration
      return [declaration.name, declaration.permission, route.description, declaration.effect.rawValue, declaration.summary.text(Terminal.language)]
    }
    print(Terminal.table(["OPERATION", "PERMISSION", "HTTP", "EFFECT", "WHAT"], rows))
  }
}

struct OpenAPICommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "openapi", abstract: "Print the OpenAPI 3.1 document, without a server.")

  @Flag(name: .long, help: "Print the lock file instead (docs/api.lock): what clients rely on.")
  var lock = false

  func run() throws {
    if lock { return print(APILock.text(try Modules.registry()), terminator: "") }
    print(JSON.text(OpenAPI.document(try Modules.registry(), Terminal.language)))
  }
}
