# Needs javac of default-jdk-headless
# Needs /usr/share/java/jakarta-annotation-api.jar of libjakarta-annotation-api-java
venv/bin/openapi-generator-cli generate -g java -c generator.yaml -i "$DOCUMENT" -o client
# Jackson is in the jar of the generator.
ln -sf venv/lib/*/site-packages/openapi_generator_cli/*.jar generator.jar
# All warnings except those that generated code causes: annotations without a processor, classes without a
# serial version, deprecated methods of Jackson. The driver reads the names of parameters.
find client/src/main/java -name '*.java' | xargs javac -Xlint:all,-processing,-serial,-deprecation -Werror \
    -parameters -d classes -cp generator.jar:/usr/share/java/jakarta-annotation-api.jar Driver.java
