import Kernel
import Operations

/// The OpenAPI 3.1 document of a registry: generated, so that it cannot differ from what the server does.
package enum OpenAPI {
  /// Pure: the same registry and language give the same document, member for member.
  package static func document(_ registry: Registry, _ language: Language) -> Value {
    let writer = OpenAPIWriter(language: language)
    return .object([
      "openapi": .text("3.1.0"),
      "info": .object(["title": .text("Steward"), "version": .text("1"), "description": .text(DocumentTexts.about.text(language))]),
      "servers": .array([.object(["url": .text("/")])]),
      "security": .array([.object(["token": .array([])])]),
      "tags": .array(tags(registry)),
      "paths": .object(paths(registry, writer)),
      "components": writer.components(registry),
    ])
  }

  private static func tags(_ registry: Registry) -> [Value] {
    Set(registry.operations.map(\.declaration.noun) + ["batch", "live"]).sorted().map { .object(["name": .text($0)]) }
  }

  private static func paths(_ registry: Registry, _ writer: OpenAPIWriter) -> [Value.Member] {
    var paths: [String: [Value.Member]] = [:]
    for operation in registry.operations {
      let route = Route(of: operation)
      paths[route.path, default: []].append(Value.Member(route.method.rawValue.lowercased(), writer.operation(operation, route)))
    }
    paths[LiveRoute.path] = LiveDocument(writer: writer).path.members
    paths[Batch.path] = BatchDocument(language: writer.language, registry: registry).path.members
    return paths.sorted { $0.key < $1.key }.map { Value.Member($0.key, .object($0.value)) }
  }
}
